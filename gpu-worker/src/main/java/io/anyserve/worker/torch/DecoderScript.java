package io.anyserve.worker.torch;

import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.model.WeightLayout.LayerVector;
import io.anyserve.worker.torch.precision.Precision;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the TorchScript text of a decoder for one shape and one precision.
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
 * norms    per layer the vectors of {@link WeightLayout#vectors}; then the last norm
 * keys     one per layer, [slots * slotLength, kvHeads, headSize]; values likewise
 * rope     [2, slotLength, rotary]: cosines and sines; two more where sliding layers have their own
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
          + "floors: List[float], typical: List[float], uniforms: List[float], "
          + "repeated: List[int], penalties: List[float], places: List[int], amounts: List[float], "
          + "constrained: List[int], allowed: Tensor";

  /** The same, handed on. */
  private static final String DRAWN =
      "sampled, temperature, top_k, top_p, floors, typical, uniforms, repeated, penalties, places, amounts, "
          + "constrained, allowed";

  String text() {
    String body = precision.methods() + loading();
    body += new AttentionScript(config).text() + new LayerScript(config).text();
    body += SamplingScript.sampling() + SamplingScript.ranking() + calls() + imageCalls();
    for (Map<String, String> words : List.of(linears(), words())) {
      for (Map.Entry<String, String> word : words.entrySet()) {
        body = body.replace("$" + word.getKey() + "$", word.getValue());
      }
    }
    return TorchScriptArchive.CLASS_HEAD + body;
  }

  /** What runs once, when the model is loaded. */
  private String loading() {
    return """
      def pack(self: __torch__.M, parts: List[Tensor]) -> $weight$:
        w = torch.cat(parts)
        return $packed$
      def typed(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        return torch.cat(parts).to($type$)
      def norm(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        return $normWeight$
      def embedding(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        return $embedded$
      def cache(self: __torch__.M, rows: int, layers: int) -> List[Tensor]:
        tensors = annotate(List[Tensor], [])
        for i in range(layers):
          _0 = torch.append(tensors, torch.empty([rows, $kvHeads$, $headSize$], dtype=$type$))
        return tensors
      def rope(self: __torch__.M, length: int, bases: List[float], divisors: List[float], magnitudes: List[float]) -> Tensor:
        tables = annotate(List[Tensor], [])
        divisor = torch.tensor(divisors, dtype=6)
        for i in range(torch.len(bases)):
          inverse = torch.pow(bases[i], torch.div(torch.arange(0, $rotary$, 2), -$rotary$.0))
          inverse = torch.div(inverse, torch.slice(divisor, 0, i * $halfRotary$, (i + 1) * $halfRotary$))
          f = torch.outer(torch.arange(length).to(6), inverse)
          f = torch.cat([f, f], 1)
          _0 = torch.append(tables, torch.mul(torch.cos(f), magnitudes[i]))
          _1 = torch.append(tables, torch.mul(torch.sin(f), magnitudes[i]))
        return torch.stack(tables).to($type$)
    """
        .replace("$normWeight$", normWeight())
        .replace("$embedded$", embedded());
  }

  /** Sums stay in f32: near 1, bf16 has but eight bits for what a norm adds to it. */
  private String normWeight() {
    return switch (config.norms().weight()) {
      case PLAIN -> "torch.cat(parts).to($type$)";
      case PLUS_ONE -> "torch.add(torch.cat(parts).to(6), 1.0)";
    };
  }

  /** Scaled once here, by a number in the type of the activations. */
  private String embedded() {
    double scale = config.embeddings().scale();
    return scale == 1
        ? "torch.cat(parts).to($type$)"
        : "torch.mul(torch.cat(parts).to($type$), torch.tensor(%s, dtype=$type$))"
            .formatted(number(scale));
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
        return self.next(logits, $drawn$)
      def decode(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, $state$) -> Tensor:
        logits = self.decode_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        return self.next(logits, $drawn$)
      def prefill_ranked(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, rows: List[int], tops: List[int], $state$) -> Tensor:
        logits = self.prefill_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        tokens = self.next(logits, $drawn$)
        return self.ranked(logits, tokens, rows, tops)
      def decode_ranked(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], $draws$, rows: List[int], tops: List[int], $state$) -> Tensor:
        logits = self.decode_logits(where, starts, ends, embedding, weights, norms, keys, values, rope)
        tokens = self.next(logits, $drawn$)
        return self.ranked(logits, tokens, rows, tops)
    """;
  }

  /** The same for a part of a prompt with images, whose vectors take the places of some tokens'. */
  private static String imageCalls() {
    return """
      def fill_images(self: __torch__.M, where: Tensor, image_places: Tensor, image_vectors: Tensor, starts: List[int], ends: List[int], $state$) -> int:
        h = self.hidden_images(where, image_places, image_vectors, starts, ends, embedding, weights, norms, keys, values, rope)
        return torch.size(h, 0)
      def logits_images(self: __torch__.M, where: Tensor, image_places: Tensor, image_vectors: Tensor, starts: List[int], ends: List[int], $state$) -> Tensor:
        h = self.hidden_images(where, image_places, image_vectors, starts, ends, embedding, weights, norms, keys, values, rope)
        return self.head(h, weights, norms).to(6)
      def last_images(self: __torch__.M, where: Tensor, image_places: Tensor, image_vectors: Tensor, starts: List[int], ends: List[int], $state$) -> Tensor:
        T = torch.size(where, 1)
        h = self.hidden_images(where, image_places, image_vectors, starts, ends, embedding, weights, norms, keys, values, rope)
        return self.head(torch.slice(h, 0, T - 1, T), weights, norms)
      def prefill_images(self: __torch__.M, where: Tensor, image_places: Tensor, image_vectors: Tensor, starts: List[int], ends: List[int], $draws$, $state$) -> Tensor:
        logits = self.last_images(where, image_places, image_vectors, starts, ends, embedding, weights, norms, keys, values, rope)
        return self.next(logits, $drawn$)
      def prefill_images_ranked(self: __torch__.M, where: Tensor, image_places: Tensor, image_vectors: Tensor, starts: List[int], ends: List[int], $draws$, rows: List[int], tops: List[int], $state$) -> Tensor:
        logits = self.last_images(where, image_places, image_vectors, starts, ends, embedding, weights, norms, keys, values, rope)
        tokens = self.next(logits, $drawn$)
        return self.ranked(logits, tokens, rows, tops)
    """;
  }

  /** The linear layers, whose words are made of others. */
  private Map<String, String> linears() {
    return Map.of(
        "qkvLinear", linear("x", "i * 4", LayerVector.QKV_BIAS),
        "outLinear", linear("o", "i * 4 + 1", LayerVector.OUTPUT_BIAS),
        "gateUpLinear", linear("x", "i * 4 + 2", LayerVector.GATE_UP_BIAS),
        "downLinear", linear("g", "i * 4 + 3", LayerVector.DOWN_BIAS),
        "headLinear", precision.linear("x", "weights[" + 4 * config.layers() + "]", "None"));
  }

  private String linear(String input, String index, LayerVector bias) {
    boolean biased = new WeightLayout(config).vectors().contains(bias);
    return precision.linear(
        input, "weights[" + index + "]", biased ? LayerScript.vector(config, bias) : "None");
  }

  private Map<String, String> words() {
    var attention = config.attention();
    int ropeHeads = attention.heads() + attention.kvHeads();
    int rotary = attention.positions().rope().size();
    int feed = config.feedForward().width();
    return Map.ofEntries(
        Map.entry("state", state()),
        Map.entry("draws", DRAWS),
        Map.entry("drawn", DRAWN),
        Map.entry("type", number(precision.scalarType())),
        Map.entry("weight", precision.weightType()),
        Map.entry("packed", precision.packed()),
        Map.entry("vectors", number(new WeightLayout(config).vectors().size())),
        Map.entry("hidden", number(config.hidden())),
        Map.entry("layers", number(config.layers())),
        Map.entry("heads", number(attention.heads())),
        Map.entry("kvHeads", number(attention.kvHeads())),
        Map.entry("ropeHeads", number(ropeHeads)),
        Map.entry("allHeads", number(ropeHeads + attention.kvHeads())),
        Map.entry("group", number(attention.heads() / attention.kvHeads())),
        Map.entry("headSize", number(attention.headSize())),
        Map.entry("rotary", number(rotary)),
        Map.entry("halfRotary", number(rotary / 2)),
        Map.entry("window", number(attention.positions().window())),
        Map.entry("queryWidth", number(config.queryWidth())),
        Map.entry("feed", number(feed)),
        Map.entry("gateRows", number(Math.max(1, SERIAL / feed))),
        Map.entry("twiceFeed", number(2 * feed)),
        Map.entry("epsilon", number(config.norms().epsilon())));
  }

  private String state() {
    return "embedding: Tensor, weights: List["
        + precision.weightType()
        + "], norms: List[Tensor], keys: List[Tensor], values: List[Tensor], rope: Tensor";
  }

  private static String number(int value) {
    return Integer.toString(value);
  }

  static String number(double value) {
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }
}
