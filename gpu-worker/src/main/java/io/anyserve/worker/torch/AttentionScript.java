package io.anyserve.worker.torch;

import io.anyserve.worker.torch.model.ModelConfig;
import java.util.OptionalDouble;

/**
 * The part of a decoder's module that attends.
 *
 * <p>Within a part of a prompt attention is causal, behind all parts before it; elsewhere each row
 * reads the cache alone. The query heads that share a key head become the query length, so that
 * grouped heads need no copy of the cache; but in the first part, whose flag for causal attention
 * knows no groups.
 */
record AttentionScript(ModelConfig config) {

  private static final String PER_ROW =
      """
        def per_row(self: __torch__.M, q: Tensor, keys: Tensor, values: Tensor, starts: List[int], ends: List[int]) -> Tensor:
          q = q.reshape([-1, $kvHeads$, $group$, $headSize$])
          k = torch.unsqueeze(torch.transpose(keys, 0, 1), 0)
          v = torch.unsqueeze(torch.transpose(values, 0, 1), 0)
          outputs = annotate(List[Tensor], [])
          for r in range(torch.len(starts)):
            kr = torch.slice(k, 2, starts[r], ends[r])
            vr = torch.slice(v, 2, starts[r], ends[r])
            o = $own$
            _0 = torch.append(outputs, o)
          return torch.cat(outputs).reshape([-1, $queryWidth$])
      """;

  String text() {
    OptionalDouble cap = config.attention().scores().softCap();
    String text = masks();
    if (config.attention().positions().anySlides()) {
      text += windows();
    }
    return cap.isPresent() ? text + capped(cap.getAsDouble()) : text + fused();
  }

  /** By libtorch's own attention. */
  private String fused() {
    OptionalDouble scale = config.attention().scores().scale();
    String number = scale.isPresent() ? DecoderScript.number(scale.getAsDouble()) : "None";
    String own = "torch.slice(q, 0, r, r + 1), kr, vr, None, 0.0, False";
    own += scale.isPresent() ? ", scale=" + number : "";
    return """
      def within_prompt(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
        k = torch.unsqueeze(torch.transpose(k, 0, 1), 0)
        v = torch.unsqueeze(torch.transpose(v, 0, 1), 0)
        q = torch.transpose(q, 0, 1)
        if mask is not None:
          T = torch.size(q, 1)
          q = q.reshape([1, $kvHeads$, $group$ * T, $headSize$])
          o = torch.scaled_dot_product_attention(q, k, v, torch.repeat(mask, [$group$, 1]), 0.0, False, scale=$scale$)
          o = o.view([1, $heads$, T, $headSize$])
        else:
          o = torch.scaled_dot_product_attention(torch.unsqueeze(q, 0), k, v, None, 0.0, True, scale=$scale$, enable_gqa=True)
        return torch.transpose(o, 1, 2).reshape([-1, $queryWidth$])
    """
            .replace("$scale$", number)
        + PER_ROW.replace("$own$", "torch.scaled_dot_product_attention(" + own + ")");
  }

  /** With a bound on the scores, which libtorch's own attention does not have. */
  private String capped(double cap) {
    double scale =
        config.attention().scores().scale().orElse(1 / Math.sqrt(config.attention().headSize()));
    String text =
        """
          def capped(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
            s = torch.matmul(q, torch.transpose(k, 2, 3)).to(6)
            s = torch.mul(torch.tanh(torch.mul(s, $scaleOverCap$)), $cap$)
            if mask is not None:
              T = torch.size(mask, 0)
              s = torch.add(s.view([1, $kvHeads$, $group$, T, -1]), mask).view([1, $kvHeads$, $group$ * T, -1])
            return torch.matmul(torch.softmax(s, -1).to($type$), v)
          def within_prompt(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
            T = torch.size(q, 0)
            q = torch.transpose(q, 0, 1).reshape([1, $kvHeads$, $group$ * T, $headSize$])
            k = torch.unsqueeze(torch.transpose(k, 0, 1), 0)
            v = torch.unsqueeze(torch.transpose(v, 0, 1), 0)
            o = self.capped(q, k, v, mask).view([$heads$, T, $headSize$])
            return torch.transpose(o, 0, 1).reshape([-1, $queryWidth$])
        """;
    return text.replace("$scaleOverCap$", DecoderScript.number(scale / cap))
            .replace("$cap$", DecoderScript.number(cap))
        + PER_ROW.replace("$own$", "self.capped(torch.slice(q, 0, r, r + 1), kr, vr, None)");
  }

  /** What a token of a part of a prompt does not see: without a mask, only what follows it. */
  private String masks() {
    return """
      def later_part(self: __torch__.M, T: int, reach: int) -> Optional[Tensor]:
        mask = annotate(Optional[Tensor], None)
        if $masked$:
          mask = torch.triu(torch.full([T, reach], -1.0e9, dtype=$type$), reach - T + 1)
        return mask
    """
        .replace("$masked$", masksAlways() ? "T > 1" : "reach > T");
  }

  /** With a window, also what lies before it; rows and parts start where their windows do. */
  private String windows() {
    return """
      def window(self: __torch__.M, starts: List[int], ends: List[int], reach: int) -> List[int]:
        cut = annotate(List[int], [])
        for r in range(torch.len(starts)):
          _0 = torch.append(cut, max(starts[r], ends[r] - reach))
        return cut
      def window_part(self: __torch__.M, T: int, reach: int) -> Optional[Tensor]:
        mask = annotate(Optional[Tensor], None)
        if $masked$:
          hidden = torch.full([T, reach], -1.0e9, dtype=$type$)
          mask = torch.add(torch.triu(hidden, reach - T + 1), torch.tril(hidden, reach - T - $window$))
        return mask
    """
        .replace("$masked$", masksAlways() ? "T > 1" : "reach > T or T > $window$");
  }

  /** The flag for causal attention is libtorch's own. */
  private boolean masksAlways() {
    return config.attention().scores().softCap().isPresent();
  }
}
