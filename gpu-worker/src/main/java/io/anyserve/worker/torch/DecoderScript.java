package io.anyserve.worker.torch;

import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the TorchScript text of a Qwen2-like decoder for one shape and one precision.
 *
 * <p>The text holds sizes, never weights: weights, cache and tables are arguments of every call. T
 * is the number of tokens in a call.
 *
 * <pre>
 * where    [3, T] int64: token, position in its sequence, row of the cache that takes its key
 * starts   per token, or once for a part of a prompt: the cache row of its sequence's position 0
 * ends     likewise, the cache row after its own
 * weights  4 per layer (fused q+k+v, o, fused gate+up, down), then the output head, each as the
 *          precision packs it
 * norms    per layer input norm, post-attention norm and, if any, fused q+k+v bias; then the last norm
 * keys     one per layer, [slots * slotLength, kvHeads, headSize]; values likewise
 * rope     [2, slotLength, headSize]: cosines and sines
 * </pre>
 *
 * <p>Outside a prompt every token attends alone to its own part of the cache. No row is padded or
 * masked to the length of another, so that the numbers of a row do not depend on who shares the
 * call: with padding the vectorised sums of attention change in their last bits.
 */
record DecoderScript(ModelConfig config, Precision precision) {

  /** Numbers that libtorch works on without waking other threads. */
  private static final int SERIAL = 32768;

  private static final String DRAWS =
      "sampled: List[int], temperature: List[float], top_k: List[int], top_p: List[float], "
          + "uniforms: List[float], places: List[int], amounts: List[float]";

  String text() {
    String body = precision.methods() + loading() + attention() + layers() + drawing();
    body += ranking() + calls();
    for (Map.Entry<String, String> word : words().entrySet()) {
      body = body.replace("$" + word.getKey() + "$", word.getValue());
    }
    return TorchScriptArchive.CLASS_HEAD + body;
  }

  /** What runs once, when the model is loaded. */
  private static String loading() {
    return """
      def pack(self: __torch__.M, parts: List[Tensor]) -> $weight$:
        w = torch.cat(parts)
        return $packed$
      def typed(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        return torch.cat(parts).to($type$)
      def cache(self: __torch__.M, rows: int, layers: int) -> List[Tensor]:
        tensors = annotate(List[Tensor], [])
        for i in range(layers):
          _0 = torch.append(tensors, torch.empty([rows, $kvHeads$, $headSize$], dtype=$type$))
        return tensors
      def rope(self: __torch__.M, length: int) -> Tensor:
        inverse = torch.pow($theta$, torch.div(torch.arange(0, $headSize$, 2), -$headSize$.0))
        f = torch.outer(torch.arange(length).to(6), inverse)
        f = torch.cat([f, f], 1)
        return torch.stack([torch.cos(f), torch.sin(f)]).to($type$)
    """;
  }

  /**
   * Within a part of a prompt attention is causal, behind all parts before it; elsewhere each row
   * reads the cache alone. There the query heads that share a key head become the query length, so
   * grouped heads need no copy of the cache.
   */
  private static String attention() {
    return """
      def within_prompt(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
        q = torch.unsqueeze(torch.transpose(q, 0, 1), 0)
        k = torch.unsqueeze(torch.transpose(k, 0, 1), 0)
        v = torch.unsqueeze(torch.transpose(v, 0, 1), 0)
        o = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, mask is None, scale=None, enable_gqa=True)
        return torch.transpose(o, 1, 2).reshape([-1, $queryWidth$])
      def later_part(self: __torch__.M, T: int, reach: int) -> Optional[Tensor]:
        mask = annotate(Optional[Tensor], None)
        if reach > T:
          mask = torch.triu(torch.full([T, reach], -1.0e9, dtype=$type$), reach - T + 1)
        return mask
      def per_row(self: __torch__.M, q: Tensor, keys: Tensor, values: Tensor, starts: List[int], ends: List[int]) -> Tensor:
        q = q.reshape([-1, $kvHeads$, $group$, $headSize$])
        k = torch.unsqueeze(torch.transpose(keys, 0, 1), 0)
        v = torch.unsqueeze(torch.transpose(values, 0, 1), 0)
        outputs = annotate(List[Tensor], [])
        for r in range(torch.len(starts)):
          kr = torch.slice(k, 2, starts[r], ends[r])
          vr = torch.slice(v, 2, starts[r], ends[r])
          o = torch.scaled_dot_product_attention(torch.slice(q, 0, r, r + 1), kr, vr, None, 0.0, False)
          _0 = torch.append(outputs, o)
        return torch.cat(outputs).reshape([-1, $queryWidth$])
    """;
  }

  /**
   * All layers. The gated part of a batch is cut into pieces that one thread finishes sooner than
   * it could wake another.
   */
  private static String layers() {
    return """
      def gate(self: __torch__.M, gu: Tensor) -> Tensor:
        return torch.mul(torch.silu(torch.slice(gu, 1, 0, $feed$)), torch.slice(gu, 1, $feed$, $twiceFeed$))
      def gated(self: __torch__.M, gu: Tensor) -> Tensor:
        T = torch.size(gu, 0)
        if T <= $gateRows$ or T > 4 * $gateRows$:
          g = self.gate(gu)
        else:
          parts = annotate(List[Tensor], [])
          for i in range((T + $gateRows$ - 1) // $gateRows$):
            _0 = torch.append(parts, self.gate(torch.slice(gu, 0, i * $gateRows$, (i + 1) * $gateRows$)))
          g = torch.cat(parts)
        return g
      def hidden(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], prompt: bool, $state$) -> Tensor:
        T = torch.size(where, 1)
        h = torch.embedding(embedding, where[0])
        cos = torch.unsqueeze(torch.index_select(rope[0], 0, where[1]), 1)
        sin = torch.unsqueeze(torch.index_select(rope[1], 0, where[1]), 1)
        mask = annotate(Optional[Tensor], None)
        if prompt:
          mask = self.later_part(T, ends[0] - starts[0])
        for i in range($layers$):
          x = torch.rms_norm(h, [$hidden$], norms[i * $norms$], $epsilon$)
          qkv = $qkvLinear$.view([T, $allHeads$, $headSize$])
          qk = torch.slice(qkv, 1, 0, $ropeHeads$)
          left = torch.slice(qk, 2, 0, $halfHead$)
          right = torch.slice(qk, 2, $halfHead$, $headSize$)
          qk = torch.add(torch.mul(qk, cos), torch.mul(torch.cat([torch.neg(right), left], 2), sin))
          q = torch.slice(qk, 1, 0, $heads$)
          k = torch.slice(qk, 1, $heads$, $ropeHeads$)
          v = torch.slice(qkv, 1, $ropeHeads$, $allHeads$)
          _0 = torch.index_copy_(keys[i], 0, where[2], k)
          _1 = torch.index_copy_(values[i], 0, where[2], v)
          if prompt:
            kr = torch.slice(keys[i], 0, starts[0], ends[0])
            vr = torch.slice(values[i], 0, starts[0], ends[0])
            o = self.within_prompt(q, kr, vr, mask)
          else:
            o = self.per_row(q, keys[i], values[i], starts, ends)
          h = torch.add(h, $outLinear$)
          x = torch.rms_norm(h, [$hidden$], norms[i * $norms$ + 1], $epsilon$)
          gu = $gateUpLinear$
          g = self.gated(gu)
          h = torch.add(h, $downLinear$)
        return h
      def head(self: __torch__.M, h: Tensor, weights: List[$weight$], norms: List[Tensor]) -> Tensor:
        x = torch.rms_norm(h, [$hidden$], norms[$layers$ * $norms$], $epsilon$)
        return $headLinear$
    """;
  }

  /**
   * Bias and penalties first, then greedy for every row, then a draw for each row that samples, one
   * row at a time.
   *
   * <p>A draw divides by the temperature, keeps the top k, of these the smallest set whose
   * probability reaches top p, and takes the token at the uniform's place in the sum over the kept
   * ones in token order. Tokens that tie with the last kept one are kept, so that the order in
   * which a sort leaves equal values does not matter. Top p alone first looks at the best 1024
   * tokens and sorts the whole vocabulary only when they do not reach p.
   */
  private static String drawing() {
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
      def draw(self: __torch__.M, z: Tensor, k: int, p: float, u: float) -> Tensor:
        if k <= 0 and p >= 1.0:
          token = self.place(z, u)
        else:
          V = torch.size(z, 0)
          if k > 0:
            best, order = torch.topk(z, min(k, V))
            mass = torch.logsumexp(best, [0], True)
          else:
            best, order = torch.topk(z, min(1024, V))
            mass = torch.logsumexp(z, [0], True)
            if bool(torch.lt(torch.sum(torch.exp(torch.sub(best, mass))), p)):
              best, order1 = torch.topk(z, V)
          least = self.least(best, mass, p)
          kept = torch.nonzero(torch.logical_not(torch.lt(z, least))).view([-1])
          token = torch.index_select(kept, 0, self.place(torch.index_select(z, 0, kept), u))
        return token
      def adjusted(self: __torch__.M, logits: Tensor, places: List[int], amounts: List[float]) -> Tensor:
        if torch.len(places) > 0:
          V = torch.size(logits, 1)
          added = torch.tensor(amounts, dtype=6)
          flat = torch.index_add(logits.to(6).reshape([-1]), 0, torch.tensor(places, dtype=4), added)
          logits = flat.reshape([-1, V])
        return logits
      def next(self: __torch__.M, logits: Tensor, $draws$) -> Tensor:
        logits = self.adjusted(logits, places, amounts)
        tokens = torch.argmax(logits, -1)
        for j in range(torch.len(sampled)):
          r = sampled[j]
          z = torch.div(logits[r].to(6), temperature[j])
          _0 = torch.copy_(torch.slice(tokens, 0, r, r + 1), self.draw(z, top_k[j], top_p[j], uniforms[j]))
        return tokens
    """;
  }

  /**
   * How likely the tokens were, by the logits before anything was added to them: all tokens, and
   * behind them for each ranked row the logprob of its token, the ids of the best tokens and their
   * logprobs.
   */
  private static String ranking() {
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

  /** What Java calls. */
  private static String calls() {
    return """
      def copy_rows(self: __torch__.M, source: int, target: int, rows: int, $state$) -> int:
        for i in range($layers$):
          _0 = torch.copy_(torch.slice(keys[i], 0, target, target + rows), torch.slice(keys[i], 0, source, source + rows))
          _1 = torch.copy_(torch.slice(values[i], 0, target, target + rows), torch.slice(values[i], 0, source, source + rows))
        return rows
      def fill(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], prompt: bool, $state$) -> int:
        h = self.hidden(where, starts, ends, prompt, embedding, weights, norms, keys, values, rope)
        return torch.size(h, 0)
      def logits(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], prompt: bool, $state$) -> Tensor:
        h = self.hidden(where, starts, ends, prompt, embedding, weights, norms, keys, values, rope)
        return self.head(h, weights, norms).to(6)
      def prefill_logits(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $state$) -> Tensor:
        T = torch.size(where, 1)
        h = self.hidden(where, starts, ends, True, embedding, weights, norms, keys, values, rope)
        return self.head(torch.slice(h, 0, T - 1, T), weights, norms)
      def decode_logits(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $state$) -> Tensor:
        h = self.hidden(where, starts, ends, False, embedding, weights, norms, keys, values, rope)
        return self.head(h, weights, norms)
      def prefill(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, $state$) -> Tensor:
        logits = self.prefill_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        return self.next(logits, sampled, temperature, top_k, top_p, uniforms, places, amounts)
      def decode(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, $state$) -> Tensor:
        logits = self.decode_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        return self.next(logits, sampled, temperature, top_k, top_p, uniforms, places, amounts)
      def prefill_ranked(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, rows: List[int], tops: List[int], $state$) -> Tensor:
        logits = self.prefill_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        tokens = self.next(logits, sampled, temperature, top_k, top_p, uniforms, places, amounts)
        return self.ranked(logits, tokens, rows, tops)
      def decode_ranked(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, rows: List[int], tops: List[int], $state$) -> Tensor:
        logits = self.decode_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        tokens = self.next(logits, sampled, temperature, top_k, top_p, uniforms, places, amounts)
        return self.ranked(logits, tokens, rows, tops)
    """;
  }

  private Map<String, String> words() {
    var attention = config.attention();
    int ropeHeads = attention.heads() + attention.kvHeads();
    return Map.ofEntries(
        Map.entry("state", state()),
        Map.entry("draws", DRAWS),
        Map.entry("type", number(precision.scalarType())),
        Map.entry("weight", precision.weightType()),
        Map.entry("packed", precision.packed()),
        Map.entry("qkvLinear", linear("x", "i * 4", bias())),
        Map.entry("outLinear", linear("o", "i * 4 + 1", "None")),
        Map.entry("gateUpLinear", linear("x", "i * 4 + 2", "None")),
        Map.entry("downLinear", linear("g", "i * 4 + 3", "None")),
        Map.entry("headLinear", linear("x", number(4 * config.layers()), "None")),
        Map.entry("norms", number(config.attention().bias() ? 3 : 2)),
        Map.entry("hidden", number(config.hidden())),
        Map.entry("layers", number(config.layers())),
        Map.entry("heads", number(attention.heads())),
        Map.entry("kvHeads", number(attention.kvHeads())),
        Map.entry("ropeHeads", number(ropeHeads)),
        Map.entry("allHeads", number(ropeHeads + attention.kvHeads())),
        Map.entry("group", number(attention.heads() / attention.kvHeads())),
        Map.entry("headSize", number(attention.headSize())),
        Map.entry("halfHead", number(attention.headSize() / 2)),
        Map.entry("queryWidth", number(config.queryWidth())),
        Map.entry("feed", number(config.feedForward())),
        Map.entry("gateRows", number(Math.max(1, SERIAL / config.feedForward()))),
        Map.entry("twiceFeed", number(2 * config.feedForward())),
        Map.entry("theta", number(attention.ropeTheta())),
        Map.entry("epsilon", number(config.normEpsilon())));
  }

  private String state() {
    return "embedding: Tensor, weights: List["
        + precision.weightType()
        + "], norms: List[Tensor], keys: List[Tensor], values: List[Tensor], rope: Tensor";
  }

  private String linear(String input, String index, String bias) {
    return precision.linear(input, "weights[" + index + "]", bias);
  }

  private String bias() {
    return config.attention().bias() ? "norms[i * 3 + 2]" : "None";
  }

  private static String number(int value) {
    return Integer.toString(value);
  }

  private static String number(double value) {
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }
}
