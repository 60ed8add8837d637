/// A first-in, first-out queue with constant-time removal at the front.
package struct FIFO<Element> {
  private var storage: [Element?] = []
  private var head = 0

  package init() {}

  package var count: Int { storage.count - head }
  package var isEmpty: Bool { count == 0 }
  package var first: Element? { isEmpty ? nil : storage[head] }

  package mutating func append(_ element: Element) { storage.append(element) }

  /// Puts an element before all others: one that was taken out and could not be used.
  package mutating func prepend(_ element: Element) {
    if head > 0 {
      head -= 1
      storage[head] = element
    } else {
      storage.insert(element, at: 0)
    }
  }

  package mutating func append(contentsOf elements: some Sequence<Element>) {
    for element in elements { storage.append(element) }
  }

  package mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    defer {
      storage[head] = nil
      head += 1
      if head == storage.count {
        storage.removeAll(keepingCapacity: head <= 1024)
        head = 0
      } else if head >= 1024 {
        storage.removeFirst(head)
        head = 0
      }
    }
    return storage[head]
  }

  /// Changes the first element in place.
  package mutating func updateFirst(_ body: (inout Element) -> Void) {
    guard !isEmpty, var element = storage[head] else { return }
    storage[head] = nil
    body(&element)
    storage[head] = element
  }

  /// Removes everything and returns it in order.
  package mutating func removeAll() -> [Element] {
    defer {
      storage = []
      head = 0
    }
    return storage[head...].compactMap { $0 }
  }

  /// Removes the first element that fits and returns it.
  package mutating func remove(where fits: (Element) -> Bool) -> Element? {
    guard let index = storage[head...].firstIndex(where: { $0.map(fits) ?? false }) else { return nil }
    return storage.remove(at: index)
  }

  /// The elements from the front for as long as they fit; they stay.
  package func prefix(while fits: (Element) -> Bool) -> [Element] {
    storage[head...].prefix { $0.map(fits) ?? false }.compactMap { $0 }
  }
}
