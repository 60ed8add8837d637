// The benchmark's yardstick: an HTTP server by the same library that answers at once with nothing.
//
//   empty-handler PORT

import Hummingbird

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let router = Router()
router.get("/") { _, _ in HTTPResponse.Status.ok }
let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
try await application.runService()
