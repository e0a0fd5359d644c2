package io.anyserve.worker.torch;

/** The part of a decoder's module that makes tokens of logits. */
final class SamplingScript {

  private SamplingScript() {}

  /**
   * Penalties and bias first, then the tokens that an output format forbids are taken away, a bit
   * for each that it allows, 64 to a word; then greedy for every row, then a draw for each row that
   * samples, one row at a time.
   *
   * <p>A draw divides by the temperature, keeps the top k, of these the smallest set whose
   * probability reaches top p, of these the ones that reach min p, of these the typical ones, and
   * takes the token at the uniform's place in the sum over the kept ones in token order. Tokens
   * that tie with the last kept one are kept, so that the order in which a sort leaves equal values
   * does not matter. Top p alone first looks at the best 1024 tokens and sorts the whole vocabulary
   * only when they do not reach p. A floor is the logarithm of min p, 0 or above where there is
   * none.
   */
  static String sampling() {
    return """
      def place(self: __torch__.M, z: Tensor, u: float) -> Tensor:
        c = torch.cumsum(torch.softmax(z, 0), 0, dtype=7)
        n = torch.size(c, 0)
        i = torch.searchsorted(c, torch.mul(torch.slice(c, 0, n - 1, n), u), right=True)
        return torch.clamp(i, 0, n - 1)
      def least(self: __torch__.M, best: Tensor, mass: Tensor, p: float) -> Tensor:
        n = torch.size(best, 0)
        if p < 1.0:
          w = torch.exp(torch.sub(best, mass))
          before = torch.sub(torch.cumsum(w, 0, dtype=7), w)
          n = int(torch.clamp_min(torch.sum(torch.lt(before, p)), 1))
        return torch.slice(best, 0, n - 1, n)
      def lowest(self: __torch__.M, z: Tensor, k: int, p: float) -> Tensor:
        V = torch.size(z, 0)
        if k > 0:
          best, order = torch.topk(z, min(k, V))
          mass = torch.logsumexp(best, [0], True)
        else:
          best, order = torch.topk(z, min(1024, V))
          mass = torch.logsumexp(z, [0], True)
          if bool(torch.lt(torch.sum(torch.exp(torch.sub(best, mass))), p)):
            best, order1 = torch.topk(z, V)
        return self.least(best, mass, p)
      def typical(self: __torch__.M, z: Tensor, t: float) -> Tensor:
        surprise = torch.neg(torch.log_softmax(z, 0))
        p = torch.exp(torch.neg(surprise))
        off = torch.abs(torch.sub(surprise, torch.sum(torch.mul(p, surprise))))
        near, order = torch.sort(off)
        w = torch.index_select(p, 0, order)
        before = torch.sub(torch.cumsum(w, 0, dtype=7), w)
        n = int(torch.clamp_min(torch.sum(torch.lt(before, t)), 1))
        return torch.nonzero(torch.logical_not(torch.gt(off, torch.slice(near, 0, n - 1, n)))).view([-1])
      def draw(self: __torch__.M, z: Tensor, k: int, p: float, floor: float, t: float, u: float) -> Tensor:
        if k <= 0 and p >= 1.0 and floor >= 0.0 and t >= 1.0:
          token = self.place(z, u)
        else:
          top = torch.amax(z, [0], True)
          least = torch.sub(top, 10000.0)
          if k > 0 or p < 1.0:
            least = self.lowest(z, k, p)
          if floor < 0.0:
            least = torch.maximum(least, torch.add(top, floor))
          if t < 1.0:
            least = torch.maximum(least, torch.sub(top, 10000.0))
          kept = torch.nonzero(torch.logical_not(torch.lt(z, least))).view([-1])
          if t < 1.0:
            kept = torch.index_select(kept, 0, self.typical(torch.index_select(z, 0, kept), t))
          token = torch.index_select(kept, 0, self.place(torch.index_select(z, 0, kept), u))
        return token
      def adjusted(self: __torch__.M, logits: Tensor, repeated: List[int], penalties: List[float], places: List[int], amounts: List[float]) -> Tensor:
        if torch.len(repeated) + torch.len(places) > 0:
          V = torch.size(logits, 1)
          flat = logits.to(6).reshape([-1])
          if torch.len(repeated) > 0:
            at = torch.tensor(repeated, dtype=4)
            p = torch.tensor(penalties, dtype=6)
            z = torch.index_select(flat, 0, at)
            flat = torch.index_copy(flat, 0, at, torch.where(torch.lt(z, 0.0), torch.mul(z, p), torch.div(z, p)))
          if torch.len(places) > 0:
            flat = torch.index_add(flat, 0, torch.tensor(places, dtype=4), torch.tensor(amounts, dtype=6))
          logits = flat.reshape([-1, V])
        return logits
      def masked(self: __torch__.M, logits: Tensor, constrained: List[int], allowed: Tensor) -> Tensor:
        n = torch.len(constrained)
        if n > 0:
          V = torch.size(logits, 1)
          words = allowed.reshape([n, -1, 1])
          bits = torch.bitwise_and(torch.bitwise_right_shift(words, torch.arange(64)), 1)
          open = torch.slice(bits.reshape([n, -1]), 1, 0, V)
          at = torch.tensor(constrained, dtype=4)
          z = logits.to(6)
          kept = torch.add(torch.index_select(z, 0, at), torch.log(open.to(6)))
          logits = torch.index_copy(z, 0, at, kept)
        return logits
      def next(self: __torch__.M, logits: Tensor, $draws$) -> Tensor:
        logits = self.adjusted(logits, repeated, penalties, places, amounts)
        logits = self.masked(logits, constrained, allowed)
        tokens = torch.argmax(logits, -1)
        for j in range(torch.len(sampled)):
          r = sampled[j]
          z = torch.div(logits[r].to(6), temperature[j])
          _0 = torch.copy_(torch.slice(tokens, 0, r, r + 1), self.draw(z, top_k[j], top_p[j], floors[j], typical[j], uniforms[j]))
        return tokens
    """;
  }

  /**
   * How likely the tokens were, by the logits before anything was added to them: all tokens, and
   * behind them for each ranked row the logprob of its token, the ids of the best tokens and their
   * logprobs.
   */
  static String ranking() {
    return """
      def ranked(self: __torch__.M, logits: Tensor, tokens: Tensor, rows: List[int], tops: List[int]) -> Tensor:
        parts = annotate(List[Tensor], [tokens.to(7)])
        for j in range(torch.len(rows)):
          r = rows[j]
          p = torch.log_softmax(logits[r].to(6), 0)
          _0 = torch.append(parts, torch.index_select(p, 0, torch.slice(tokens, 0, r, r + 1)).to(7))
          if tops[j] > 0:
            best, order = torch.topk(p, tops[j])
            _1 = torch.append(parts, order.to(7))
            _2 = torch.append(parts, best.to(7))
        return torch.cat(parts)
    """;
  }
}
