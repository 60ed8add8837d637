internal import CLibcrypto

extension KeyHandle {
  /// Whether the numbers of an RSA private key of two primes belong together (RFC 8017 §3.2): a key with a changed
  /// number makes wrong signatures, and a signature made with one wrong half can reveal the primes.
  ///
  /// The primes are not tested: libcrypto's own check does that, which takes 50 ms for 2,048 bits; this one takes under
  /// one. An attacker who could put composite numbers into a stored key could as well store a key of their own.
  func numbersBelongTogether() -> Bool {
    guard let n = number(OSSL_PKEY_PARAM_RSA_N), let e = number(OSSL_PKEY_PARAM_RSA_E),
      let d = number(OSSL_PKEY_PARAM_RSA_D), let p = number(OSSL_PKEY_PARAM_RSA_FACTOR1),
      let q = number(OSSL_PKEY_PARAM_RSA_FACTOR2), let dP = number(OSSL_PKEY_PARAM_RSA_EXPONENT1),
      let dQ = number(OSSL_PKEY_PARAM_RSA_EXPONENT2), let qInverse = number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1),
      let arithmetic = Arithmetic(), let product = arithmetic.product(p, q)
    else { return false }
    return BN_cmp(product.pointer, n.pointer) == 0 && BN_cmp(d.pointer, n.pointer) < 0
      && arithmetic.isPair(e, d, dP, below: p) && arithmetic.isPair(e, d, dQ, below: q)
      && BN_cmp(qInverse.pointer, p.pointer) < 0 && arithmetic.areInverse(q, qInverse, modulo: p)
  }
}

/// libcrypto's arithmetic with the scratch space that it asks for.
private struct Arithmetic: ~Copyable {
  private let space: OpaquePointer

  init?() {
    guard let space = BN_CTX_secure_new() else { return nil }
    self.space = space
  }

  deinit { BN_CTX_free(space) }

  func product(_ one: borrowing BigNumber, _ other: borrowing BigNumber) -> BigNumber? {
    guard let result = BigNumber([]), BN_mul(result.pointer, one.pointer, other.pointer, space) == 1 else { return nil }
    return result
  }

  /// Whether the product is 1 modulo `modulus`.
  func areInverse(
    _ one: borrowing BigNumber, _ other: borrowing BigNumber, modulo modulus: borrowing BigNumber
  ) -> Bool {
    guard let result = BigNumber([]),
      BN_mod_mul(result.pointer, one.pointer, other.pointer, modulus.pointer, space) == 1
    else { return false }
    return BN_is_one(result.pointer) == 1
  }

  /// Whether d is e's inverse modulo the prime less one, and `reduced` is d modulo the same.
  func isPair(
    _ e: borrowing BigNumber, _ d: borrowing BigNumber, _ reduced: borrowing BigNumber, below prime: borrowing BigNumber
  ) -> Bool {
    guard let order = BigNumber([]), let remainder = BigNumber([]), BN_copy(order.pointer, prime.pointer) != nil,
      BN_sub_word(order.pointer, 1) == 1, BN_nnmod(remainder.pointer, d.pointer, order.pointer, space) == 1
    else { return false }
    return BN_cmp(remainder.pointer, reduced.pointer) == 0 && areInverse(e, d, modulo: order)
  }
}
