public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Images by name. A person's picture is stored twice: whole, and small for lists.
public enum Images {
  /// The picture for people who have none, if the operator has not chosen one.
  public static let neutralPicture = "neutral/profile-picture"
  private static let small = "/small"

  /// The name that a slot's image is stored under.
  static func name(_ slot: ImageSlot) -> String {
    switch slot {
    case .person(let id): "user/\(id)"
    case .clientLogo(let client, let dark): "client/\(client)/\(dark ? "dark" : "light")"
    case .application(let image): image.name
    }
  }

  /// What a slot shows: the first of these that exists.
  static func shown(_ slot: ImageSlot) -> [String] {
    switch slot {
    case .person: [name(slot), ApplicationImage.defaultProfilePicture.name, neutralPicture]
    case .clientLogo(let client, dark: true): [name(slot), name(.clientLogo(client: client, dark: false))]
    case .application(.logoDark): [name(slot), ApplicationImage.logoLight.name]
    default: [name(slot)]
    }
  }

  /// The image that a slot shows, without its bytes if the caller already has them.
  public struct Show: Statement {
    public struct Row: Sendable {
      public let contentType: String
      public let version: String
      public let bytes: Data?
    }

    public static let sql = """
      SELECT content_type, version, CASE WHEN version = $2 THEN NULL ELSE bytes END FROM images
      WHERE name = ANY($1) ORDER BY array_position($1, name) LIMIT 1
      """

    public let bindings: Bindings

    public init(_ slot: ImageSlot, small: Bool, knownVersion: String?) {
      bindings = Bindings(Images.shown(slot).map { small ? $0 + Images.small : $0 }, knownVersion)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(contentType: try row.next(), version: try row.next(), bytes: try row.next())
    }
  }

  /// Stores an image, unless the same one is already there.
  public struct Put: Statement {
    public static let sql = """
      INSERT INTO images AS i (name, user_id, client_id, content_type, bytes, version)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (name) DO UPDATE SET content_type = excluded.content_type, bytes = excluded.bytes,
        version = excluded.version, updated_at = now()
      WHERE i.version <> excluded.version
      """

    let name: String
    let user: UserID?
    let client: String?
    let image: StoredImage

    public init(_ slot: ImageSlot, _ image: StoredImage, small: Bool) {
      name = Images.name(slot) + (small ? Images.small : "")
      if case .person(let id) = slot { user = id } else { user = nil }
      if case .clientLogo(let id, _) = slot { client = id } else { client = nil }
      self.image = image
    }

    /// The neutral picture.
    public init(neutral image: StoredImage, small: Bool) {
      name = Images.neutralPicture + (small ? Images.small : "")
      (user, client) = (nil, nil)
      self.image = image
    }

    public var bindings: Bindings { Bindings(name, user?.uuid, client, image.contentType, image.bytes, image.version) }
  }

  public struct Delete: Statement {
    public static let sql = "DELETE FROM images WHERE name = ANY($1)"

    public let bindings: Bindings

    public init(_ slot: ImageSlot) { bindings = Bindings([Images.name(slot), Images.name(slot) + Images.small]) }
  }

  /// A slot's owner, and the version that was there; no row if there is no such owner.
  public struct Owner: Sendable {
    /// The username or the app's name; nil for the operator's own images.
    public let name: String?
    public let version: String?
  }

  /// Notes on a person which picture they have now, nil for none; returns what was there.
  public struct MarkPerson: Statement {
    public static let sql = """
      UPDATE users u SET picture_version = $2, updated_at = now()
      FROM (SELECT id, picture_version FROM users WHERE id = $1 FOR UPDATE) before
      WHERE u.id = before.id RETURNING u.username, before.picture_version
      """

    public let bindings: Bindings

    public init(_ id: UserID, version: String?) { bindings = Bindings(id.uuid, version) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Owner {
      Owner(name: try row.next(), version: try row.next())
    }
  }

  /// Notes on a client which logo it has now, nil for none; returns what was there.
  public struct MarkClient: Statement {
    public static let sql = """
      UPDATE clients c SET
        logo_version = CASE WHEN $2 THEN c.logo_version ELSE $3 END,
        dark_logo_version = CASE WHEN $2 THEN $3 ELSE c.dark_logo_version END
      FROM (SELECT id, CASE WHEN $2 THEN dark_logo_version ELSE logo_version END AS version
        FROM clients WHERE id = $1 FOR UPDATE) before
      WHERE c.id = before.id RETURNING c.name, before.version
      """

    public let bindings: Bindings

    public init(_ id: String, dark: Bool, version: String?) { bindings = Bindings(id, dark, version) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Owner {
      Owner(name: try row.next(), version: try row.next())
    }
  }

  /// The version of one of the operator's images, held until the transaction ends. Always a row.
  public struct MarkApplication: Statement {
    public static let sql = """
      SELECT (SELECT version FROM images WHERE name = $1 FOR UPDATE)
      """

    public let bindings: Bindings

    public init(_ image: ApplicationImage) { bindings = Bindings(image.name) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Owner {
      Owner(name: nil, version: try row.next())
    }
  }
}

/// Files being uploaded, and what was fetched for a client that is about to be made.
public enum Uploads {
  /// Stores a part, unless the user's parts would exceed `quota` bytes. An existing part stays.
  public struct Add: Statement {
    public static let sql = """
      INSERT INTO uploads (id, part, user_id, bytes, expires_at)
      SELECT $1, $2, $3, $4, now() + make_interval(secs => $5)
      WHERE (SELECT coalesce(sum(length(bytes)), 0) FROM uploads WHERE user_id = $3 AND expires_at > now() AND id <> $1)
        + $6 <= $7
      ON CONFLICT (id, part) DO UPDATE SET expires_at = excluded.expires_at
      """

    public let bindings: Bindings

    public init(id: UUID, part: Int, user: UserID, bytes: Data, seconds: Double, quota: Int) {
      bindings = Bindings(id, Int32(part), user.uuid, bytes, seconds, Int64(bytes.count), Int64(quota))
    }
  }

  /// The parts of an upload that this user sent, in order.
  public struct Parts: Statement {
    public static let sql = """
      SELECT bytes FROM uploads WHERE id = $1 AND user_id = $2 AND expires_at > now() AND part < $3 ORDER BY part
      """

    public let bindings: Bindings

    public init(id: UUID, user: UserID, count: Int) { bindings = Bindings(id, user.uuid, Int32(count)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }
}
