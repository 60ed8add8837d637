import LatchkeyProtocol
import NIOCore

/// A frame as received: its body is read in place.
struct ReceivedFrame {
  let kind: Frame.Kind
  let correlation: UInt32
  let body: ByteBuffer
}

/// Cuts a stream of bytes into frames.
struct FrameReader {
  private var buffer = ByteBuffer()

  mutating func append(_ bytes: inout ByteBuffer) {
    if buffer.readableBytes == 0 {
      buffer = bytes
    } else {
      buffer.writeBuffer(&bytes)
    }
  }

  /// The next whole frame; nil until more bytes arrive. The length is checked before anything is kept for it.
  mutating func next() throws(FrameFault) -> ReceivedFrame? {
    guard let claimed = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
    let length = Int(claimed)
    guard length <= Frame.maximumLength else { throw .tooLong(length) }
    guard length >= Frame.headerLength - 4 else { throw .tooShort(length) }
    if buffer.readableBytes > 4, let type = buffer.getInteger(at: buffer.readerIndex + 4, as: UInt8.self),
      Frame.Kind(rawValue: type) == nil
    {
      throw .unknownKind(type)
    }
    guard buffer.readableBytes >= 4 + length, buffer.readInteger(as: UInt32.self) != nil,
      let type = buffer.readInteger(as: UInt8.self), let kind = Frame.Kind(rawValue: type),
      let correlation = buffer.readInteger(as: UInt32.self),
      let body = buffer.readSlice(length: length - (Frame.headerLength - 4))
    else { return nil }
    if buffer.readerIndex > 65_536 { buffer.discardReadBytes() }
    return ReceivedFrame(kind: kind, correlation: correlation, body: body)
  }
}
