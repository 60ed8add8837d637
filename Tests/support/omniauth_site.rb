# A relying party on OmniAuth with ruby-omniauth-openid-connect, as GitLab and other Rails apps have it: everything from discovery,
# a confidential client without PKCE, the ID token checked by json-jwt.
#
# Run with the settings as JSON: provider, client, secret, port.

require "json"
require "rack"
require "omniauth"
require "omniauth_openid_connect"

settings = JSON.parse(ARGV.fetch(0))
home = "http://127.0.0.1:#{settings["port"]}"

# The gem would ask by https alone, and the provider under test is on http://localhost.
SWD.url_builder = WebFinger.url_builder = URI::HTTP
OmniAuth.config.allowed_request_methods = %i[get]
OmniAuth.config.silence_get_warning = true
OmniAuth.config.logger.level = Logger::WARN

# What is known of the person stays in memory: the cookie would be too small for the tokens.
sessions = {}

site = lambda do |env|
  request = Rack::Request.new(env)
  key = env["rack.session"]["key"]
  case request.path
  when "/auth/openid_connect/callback"
    auth = env["omniauth.auth"]
    env["rack.session"]["key"] = auth.uid
    sessions[auth.uid] = {
      "sub" => auth.uid, "name" => auth.info.name, "email" => auth.info.email, "refresh" => !auth.credentials.refresh_token.nil?,
    }
    [302, { "Location" => "/who" }, []]
  when "/auth/failure"
    [403, { "Content-Type" => "text/plain" }, ["refused: #{request.params["message"]}"]]
  when "/leave"
    sessions.delete(key)
    env["rack.session"].clear
    [302, { "Location" => "/auth/openid_connect/logout" }, []]
  else
    [200, { "Content-Type" => "application/json" }, [JSON.generate(sessions[key])]]
  end
end

app = Rack::Builder.new do
  use Rack::Session::Cookie, key: "omniauth_site", secret: "only for tests, and long enough for this purpose as rack wants it to be"
  use OmniAuth::Builder do
    provider :openid_connect,
      name: :openid_connect, issuer: settings["provider"], discovery: true, scope: %i[openid profile email],
      post_logout_redirect_uri: "#{home}/who",
      client_options: {
        identifier: settings["client"], secret: settings["secret"], redirect_uri: "#{home}/auth/openid_connect/callback",
      }
  end
  run site
end

Rack::Handler.get("webrick").run(
  app.to_app, Host: "127.0.0.1", Port: settings["port"], AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN))
