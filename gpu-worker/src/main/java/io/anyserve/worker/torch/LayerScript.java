package io.anyserve.worker.torch;

import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.ModelConfig.GateActivation;
import io.anyserve.worker.torch.model.ModelConfig.LayerType;
import io.anyserve.worker.torch.model.ModelConfig.Positions;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.model.WeightLayout.LayerVector;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The part of a decoder's module that goes through all layers, and its head. */
record LayerScript(ModelConfig config) {

  private static final String HIDDEN =
      """
        def hidden(self: __torch__.M, where: Tensor, starts: List[int], ends: List[int], prompt: bool, $state$) -> Tensor:
          h = torch.embedding(embedding, where[0])
          return self.layers(h, where, starts, ends, prompt, embedding, weights, norms, keys, values, rope)
        def hidden_images(self: __torch__.M, where: Tensor, image_places: Tensor, image_vectors: Tensor, starts: List[int], ends: List[int], $state$) -> Tensor:
          h = torch.embedding(embedding, where[0])
          h = torch.index_copy(h, 0, image_places, image_vectors.to($type$))
          return self.layers(h, where, starts, ends, True, embedding, weights, norms, keys, values, rope)
        def layers(self: __torch__.M, h: Tensor, where: Tensor, starts: List[int], ends: List[int], prompt: bool, $state$) -> Tensor:
          T = torch.size(where, 1)
      """;

  String text() {
    String body = tables() + reaches() + "for i in range($layers$):\n" + layer().indent(2);
    return gate() + HIDDEN + body.indent(4) + "    return h\n" + head();
  }

  /**
   * The gated part of a batch is cut into pieces that one thread finishes sooner than it could wake
   * another.
   */
  private String gate() {
    return """
      def gate(self: __torch__.M, gu: Tensor) -> Tensor:
        return torch.mul($activated$, torch.slice(gu, 1, $feed$, $twiceFeed$))
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
    """
        .replace("$activated$", activated(config.feedForward().activation()));
  }

  private static String activated(GateActivation activation) {
    return switch (activation) {
      case SILU -> "torch.silu(torch.slice(gu, 1, 0, $feed$))";
      case GELU_TANH -> "torch.gelu(torch.slice(gu, 1, 0, $feed$), approximate=\"tanh\")";
    };
  }

  /** Cosines and sines of the tokens' positions, of sliding layers apart where they differ. */
  private String tables() {
    boolean two = positions().ropes().size() > 1;
    String text = two && positions().allSlide() ? table("", 2) : table("", 0);
    return two && mixed() ? text + table("window_", 2) : text;
  }

  private static String table(String prefix, int first) {
    return """
        %scos = torch.unsqueeze(torch.index_select(rope[%d], 0, where[1]), 1)
        %ssin = torch.unsqueeze(torch.index_select(rope[%d], 0, where[1]), 1)
        """
        .formatted(prefix, first, prefix, first + 1);
  }

  /** Where attention starts, and what a part of a prompt does not see. */
  private String reaches() {
    String full =
        """
        mask = annotate(Optional[Tensor], None)
        if prompt:
          mask = self.later_part(T, ends[0] - starts[0])
        """;
    if (!positions().anySlides()) {
      return full;
    }
    String windows =
        """
        reach = $window$
        if prompt:
          reach = T + $window$ - 1
        window_starts = self.window(starts, ends, reach)
        window_mask = annotate(Optional[Tensor], None)
        if prompt:
          window_mask = self.window_part(T, ends[0] - window_starts[0])
        """;
    return mixed() ? full + windows + "slides = " + slides() + "\n" : windows;
  }

  private String slides() {
    return positions().layers().stream()
        .map(type -> type == LayerType.SLIDING ? "True" : "False")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private String layer() {
    return choice() + query() + turned() + attended() + residuals();
  }

  /** In a model of both types of layers, what the layer's type brings along. */
  private String choice() {
    if (!mixed()) {
      return "";
    }
    boolean two = positions().ropes().size() > 1;
    String text =
        """
        begins = starts
        seen = mask
        turn_cos = cos
        turn_sin = sin
        if slides[i]:
          begins = window_starts
          seen = window_mask
        """;
    return two ? text + "  turn_cos = window_cos\n  turn_sin = window_sin\n" : text;
  }

  private String query() {
    String text =
        """
        x = $inputNorm$
        qkv = $qkvLinear$.view([T, $allHeads$, $headSize$])
        qk = torch.slice(qkv, 1, 0, $ropeHeads$)
        """
            .replace("$inputNorm$", norm("h", LayerVector.INPUT_NORM));
    if (!config.norms().heads()) {
      return text;
    }
    return text
        + """
        q = torch.rms_norm(torch.slice(qk, 1, 0, $heads$), [$headSize$], $query$, $epsilon$)
        k = torch.rms_norm(torch.slice(qk, 1, $heads$, $ropeHeads$), [$headSize$], $key$, $epsilon$)
        qk = torch.cat([q, k], 1)
        """
            .replace("$query$", vector(LayerVector.QUERY_NORM))
            .replace("$key$", vector(LayerVector.KEY_NORM));
  }

  /** Query and key heads, turned by their positions in one step. */
  private String turned() {
    String text =
        """
        left = torch.slice(qk, 2, 0, $halfRotary$)
        right = torch.slice(qk, 2, $halfRotary$, $rotary$)
        qk = torch.add(torch.mul(qk, $cos$), torch.mul(torch.cat([torch.neg(right), left], 2), $sin$))
        """
            .replace("$cos$", mixed() ? "turn_cos" : "cos")
            .replace("$sin$", mixed() ? "turn_sin" : "sin");
    if (positions().rope().size() == config.attention().headSize()) {
      return text;
    }
    return "rest = torch.slice(qk, 2, $rotary$, $headSize$)\n"
        + "qk = torch.slice(qk, 2, 0, $rotary$)\n"
        + text
        + "qk = torch.cat([qk, rest], 2)\n";
  }

  private String attended() {
    return """
        q = torch.slice(qk, 1, 0, $heads$)
        k = torch.slice(qk, 1, $heads$, $ropeHeads$)
        v = torch.slice(qkv, 1, $ropeHeads$, $allHeads$)
        _0 = torch.index_copy_(keys[i], 0, where[2], k)
        _1 = torch.index_copy_(values[i], 0, where[2], v)
        if prompt:
          kr = torch.slice(keys[i], 0, $begins$[0], ends[0])
          vr = torch.slice(values[i], 0, $begins$[0], ends[0])
          o = self.within_prompt(q, kr, vr, $seen$)
        else:
          o = self.per_row(q, keys[i], values[i], $begins$, ends)
        """
        .replace("$begins$", choose("begins", "window_starts", "starts"))
        .replace("$seen$", choose("seen", "window_mask", "mask"));
  }

  private String choose(String mixed, String sliding, String full) {
    if (mixed()) {
      return mixed;
    }
    return positions().allSlide() ? sliding : full;
  }

  private String residuals() {
    return switch (config.norms().placement()) {
      case BEFORE ->
          """
          h = torch.add(h, $outLinear$)
          x = $secondNorm$
          gu = $gateUpLinear$
          g = self.gated(gu)
          h = torch.add(h, $downLinear$)
          """
              .replace("$secondNorm$", norm("h", LayerVector.POST_ATTENTION_NORM));
      case AROUND ->
          """
          o = $outLinear$
          h = torch.add(h, $attentionNorm$)
          x = $beforeNorm$
          gu = $gateUpLinear$
          g = self.gated(gu)
          d = $downLinear$
          h = torch.add(h, $behindNorm$)
          """
              .replace("$attentionNorm$", norm("o", LayerVector.POST_ATTENTION_NORM))
              .replace("$beforeNorm$", norm("h", LayerVector.PRE_FEED_FORWARD_NORM))
              .replace("$behindNorm$", norm("d", LayerVector.POST_FEED_FORWARD_NORM));
    };
  }

  private String head() {
    OptionalDouble cap = config.embeddings().softCap();
    String logits =
        cap.isPresent()
            ? "torch.mul(torch.tanh(torch.div($headLinear$.to(6), %1$s)), %1$s)"
                .formatted(DecoderScript.number(cap.getAsDouble()))
            : "$headLinear$";
    return """
      def head(self: __torch__.M, h: Tensor, weights: List[$weight$], norms: List[Tensor]) -> Tensor:
        x = torch.rms_norm(h, [$hidden$], norms[$layers$ * $vectors$], $epsilon$)
        return $logits$
    """
        .replace("$logits$", logits);
  }

  private String norm(String input, LayerVector vector) {
    return "torch.rms_norm(%s, [$hidden$], %s, $epsilon$)".formatted(input, vector(vector));
  }

  /** The layer's vector in the list of all layers'. */
  private String vector(LayerVector vector) {
    return vector(config, vector);
  }

  static String vector(ModelConfig config, LayerVector vector) {
    int place = new WeightLayout(config).vectors().indexOf(vector);
    return place == 0 ? "norms[i * $vectors$]" : "norms[i * $vectors$ + " + place + "]";
  }

  private Positions positions() {
    return config.attention().positions();
  }

  private boolean mixed() {
    return positions().anySlides() && !positions().allSlide();
  }
}
