import LatchkeyProtocol
import Testing

@Suite struct ClientFieldTests {
  @Test("the table has every setting of a client, each under a name and a column of its own")
  func complete() {
    let fields = Admin.ClientField.all
    #expect(Mirror(reflecting: Admin.ClientSettings.usual).children.count == fields.count)
    #expect(Set(fields.map(\.name)).count == fields.count)
    #expect(Set(fields.map(\.column)).count == fields.count)
  }

  @Test("how an app begins leaves nothing unsaid but addresses")
  func usual() {
    for field in Admin.ClientField.all {
      let isSaid =
        switch field.setting {
        case .keptFlag(let path): Admin.ClientSettings.usual[keyPath: path] != nil
        case .keptText(let path): Admin.ClientSettings.usual[keyPath: path] != nil
        default: true
        }
      #expect(isSaid, "\(field.name)")
    }
  }
}
