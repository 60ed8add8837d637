/// Pictures, logos and backgrounds.
enum ImageRoutes {
  static let all: [Route] = []
}
