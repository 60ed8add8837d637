package import LatchkeyProtocol

// Tests name interactions by their rows' ids, as they are once somebody is signed in.

extension OIDC.ViewInteraction {
  package init(id: InteractionID, byPage: Bool = true) { self.init(.stored(id), byPage: byPage) }
}

extension OIDC.CompleteStep {
  package init(id: InteractionID, step: OIDC.Step) { self.init(.stored(id), step: step) }
}

extension OIDC.CancelInteraction {
  package init(id: InteractionID) { self.init(.stored(id)) }
}
