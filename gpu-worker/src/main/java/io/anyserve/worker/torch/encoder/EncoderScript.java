package io.anyserve.worker.torch.encoder;

import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.model.EncoderConfig;
import io.anyserve.worker.torch.model.SentenceConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the TorchScript text of a BERT encoder for one shape and one precision.
 *
 * <p>The text holds sizes, never weights: weights are arguments of every call. T is the number of
 * tokens of all texts of a call, which lie one behind the other: there is no padding.
 *
 * <pre>
 * tokens   [2, T] int64: token, position in its text
 * counts   of texts of one length, in the order of the tokens
 * lengths  likewise, tokens of each of these texts
 * words    [vocabulary, hidden]
 * places   [positions, hidden], the row of the first segment added; where pairs are scored, the
 *          same again with the row of the second one
 * weights  4 per layer (fused q+k+v, attention output, feed-forward in and out), each as the
 *          precision packs it
 * vectors  8 per layer (the biases of these four; factors and offsets of the norm behind attention
 *          and of the one behind the feed-forward part), then factors and offsets of the first norm,
 *          and where pairs are scored, weights and biases of the pooler and of the score
 * </pre>
 */
record EncoderScript(EncoderConfig config, SentenceConfig sentence, Precision precision) {

  /** Avoids a division by 0, as torch.nn.functional.normalize does. */
  private static final String SHORTEST = "1.0e-12";

  String text() {
    String body = precision.methods() + loading() + attention() + layers() + pooling() + calls();
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
      def places(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        return $places$
    """;
  }

  /** Each text attends to itself; those of one length together. */
  private static String attention() {
    return """
      def attention(self: __torch__.M, qkv: Tensor, counts: List[int], lengths: List[int]) -> Tensor:
        outputs = annotate(List[Tensor], [])
        start = 0
        for r in range(torch.len(counts)):
          end = start + counts[r] * lengths[r]
          x = torch.slice(qkv, 0, start, end).view([counts[r], lengths[r], 3, $heads$, $headSize$])
          x = torch.permute(x, [2, 0, 3, 1, 4])
          o = torch.scaled_dot_product_attention(x[0], x[1], x[2], None, 0.0, False)
          _0 = torch.append(outputs, torch.transpose(o, 1, 2).reshape([end - start, $hidden$]))
          start = end
        return torch.cat(outputs)
    """;
  }

  private static String layers() {
    return """
      def norm(self: __torch__.M, x: Tensor, factors: Tensor, offsets: Tensor) -> Tensor:
        return torch.layer_norm(x, [$hidden$], factors, offsets, $epsilon$)
      def hidden(self: __torch__.M, tokens: Tensor, counts: List[int], lengths: List[int], $state$) -> Tensor:
        h = torch.add(torch.embedding(words, tokens[0]), torch.index_select(places, 0, tokens[1]))
        h = self.norm(h, vectors[$layers$ * 8], vectors[$layers$ * 8 + 1])
        for i in range($layers$):
          qkv = $qkvLinear$
          o = self.attention(qkv, counts, lengths)
          a = $outLinear$
          h = self.norm(torch.add(a, h), vectors[i * 8 + 4], vectors[i * 8 + 5])
          x = $inLinear$
          f = $activation$
          y = $backLinear$
          h = self.norm(torch.add(y, h), vectors[i * 8 + 6], vectors[i * 8 + 7])
        return h
    """;
  }

  /** One vector for each text, in f32. */
  private static String pooling() {
    return """
      def pooled(self: __torch__.M, h: Tensor, counts: List[int], lengths: List[int]) -> Tensor:
        outputs = annotate(List[Tensor], [])
        start = 0
        for r in range(torch.len(counts)):
          end = start + counts[r] * lengths[r]
          x = torch.slice(h, 0, start, end).view([counts[r], lengths[r], $hidden$]).to(6)
          _0 = torch.append(outputs, $pool$)
          start = end
        return torch.cat(outputs)
      def normalised(self: __torch__.M, x: Tensor) -> Tensor:
        length = torch.sqrt(torch.sum(torch.mul(x, x), [1], True))
        return torch.div(x, torch.clamp_min(length, $shortest$))
    """;
  }

  /** What Java calls. */
  private static String calls() {
    return """
      def head(self: __torch__.M, x: Tensor, vectors: List[Tensor]) -> Tensor:
        return $head$
      def embed(self: __torch__.M, tokens: Tensor, counts: List[int], lengths: List[int], $state$) -> Tensor:
        h = self.hidden(tokens, counts, lengths, words, places, weights, vectors)
        x = self.pooled(h, counts, lengths)
        return $result$
    """;
  }

  private Map<String, String> words() {
    return Map.ofEntries(
        Map.entry("state", state()),
        Map.entry("type", number(precision.scalarType())),
        Map.entry("weight", precision.weightType()),
        Map.entry("packed", precision.packed()),
        Map.entry("qkvLinear", linear("h", 0)),
        Map.entry("outLinear", linear("o", 1)),
        Map.entry("inLinear", linear("h", 2)),
        Map.entry("backLinear", linear("f", 3)),
        Map.entry("activation", activation()),
        Map.entry("pool", pool()),
        Map.entry("places", places()),
        Map.entry("head", head()),
        Map.entry("result", result()),
        Map.entry("shortest", SHORTEST),
        Map.entry("hidden", number(config.hidden())),
        Map.entry("layers", number(config.layers())),
        Map.entry("heads", number(config.heads())),
        Map.entry("headSize", number(config.headSize())),
        Map.entry("epsilon", Double.toString(config.normEpsilon()).toLowerCase(Locale.ROOT)));
  }

  private String state() {
    return "words: Tensor, places: Tensor, weights: List["
        + precision.weightType()
        + "], vectors: List[Tensor]";
  }

  private String linear(String input, int group) {
    return precision.linear(
        input, "weights[i * 4 + " + group + "]", "vectors[i * 8 + " + group + "]");
  }

  private String activation() {
    return switch (config.activation()) {
      case GELU -> "torch.gelu(x, approximate=\"none\")";
      case GELU_TANH -> "torch.gelu(x, approximate=\"tanh\")";
      case RELU -> "torch.relu(x)";
      case SILU -> "torch.silu(x)";
    };
  }

  private String places() {
    String first = segment(0);
    return config.scoresPairs() ? "torch.cat([" + first + ", " + segment(1) + "])" : first;
  }

  private String segment(int type) {
    return "torch.add(parts[0].to(6), parts[1]["
        + type
        + "].to(6)).to("
        + number(precision.scalarType())
        + ")";
  }

  /** The relevance, by what a sigmoid makes of the one label's logit. */
  private String head() {
    if (!config.scoresPairs()) {
      return "x";
    }
    String pooled = "torch.tanh(torch.linear(x, " + headPart(2) + ", " + headPart(3) + "))";
    return "torch.sigmoid(torch.linear(" + pooled + ", " + headPart(4) + ", " + headPart(5) + "))";
  }

  private String headPart(int behindLayers) {
    return "vectors[" + (config.layers() * 8 + behindLayers) + "].to(6)";
  }

  private String result() {
    if (config.scoresPairs()) {
      return "self.head(x, vectors)";
    }
    return sentence.normalised() ? "self.normalised(x)" : "x";
  }

  private String pool() {
    if (config.scoresPairs()) {
      return "torch.select(x, 1, 0)";
    }
    return switch (sentence.pooling()) {
      case MEAN -> "torch.mean(x, [1])";
      case CLS -> "torch.select(x, 1, 0)";
    };
  }

  private static String number(int value) {
    return Integer.toString(value);
  }
}
