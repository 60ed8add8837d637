/// The picture of a person who has none: head and shoulders on a quiet ground.
package enum NeutralPicture {
  /// 512 × 512 pixels, PNG; nil only if memory has run out.
  package static let picture: Picture? = try? drawn()

  private static let side = 512
  /// Each pixel is the mean of this number squared, or edges would be jagged.
  private static let samples = 4

  private static func drawn() throws(PictureRefusal) -> Picture {
    let canvas = try Canvas.blank(width: side, height: side)
    for y in 0..<side {
      for x in 0..<side { canvas[x, y] = colour(x: x, y: y) }
    }
    return Picture(format: .png, bytes: try canvas.png())
  }

  private static func colour(x: Int, y: Int) -> Int32 {
    var inside = 0
    for i in 0..<samples {
      for j in 0..<samples {
        let u = (Double(x) + (Double(i) + 0.5) / Double(samples)) / Double(side)
        let v = (Double(y) + (Double(j) + 0.5) / Double(samples)) / Double(side)
        if isFigure(u, v) { inside += 1 }
      }
    }
    let share = Double(inside) / Double(samples * samples)
    func mixed(_ ground: Int32, _ figure: Int32) -> Int32 {
      Int32((Double(ground) + Double(figure - ground) * share).rounded())
    }
    return mixed(0xE7, 0xA3) << 16 | mixed(0xE4, 0x9B) << 8 | mixed(0xDD, 0x8C)
  }

  /// - Parameters: both 0…1, from the upper left.
  private static func isFigure(_ u: Double, _ v: Double) -> Bool {
    func within(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double) -> Bool {
      let (dx, dy) = ((u - x) / rx, (v - y) / ry)
      return dx * dx + dy * dy <= 1
    }
    return within(0.5, 0.39, 0.165, 0.18) || within(0.5, 1.0, 0.34, 0.345)
  }
}
