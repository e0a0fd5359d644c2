package io.anyserve.worker.torch.vision;

import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.precision.Precision;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the TorchScript text of a vision tower and its connector for one shape and one precision.
 *
 * <p>The text holds sizes, never weights: weights are arguments of every call, which turns one tile
 * into the vectors that the decoder reads. P is the number of patches of a tile.
 *
 * <pre>
 * pixels     [3, image, image] f32, normalised
 * positions  [P, hidden]
 * weights    the patches', 4 per layer (fused q+k+v, attention output, feed-forward in and out), the
 *            connector's, each as the precision packs it
 * vectors    the patches' bias, 8 per layer (the biases of these four; factors and offsets of the
 *            norm before attention and of the one before the feed-forward part), then factors and
 *            offsets of the last norm
 * </pre>
 */
record VisionScript(VisionConfig config, Precision precision) {

  String text() {
    String body = precision.methods() + loading() + layers() + calls();
    for (Map.Entry<String, String> word : words().entrySet()) {
      body = body.replace("$" + word.getKey() + "$", word.getValue());
    }
    return TorchScriptArchive.CLASS_HEAD + body;
  }

  /**
   * What runs once, when the model is loaded. The row of a position is found as transformers does,
   * by fractions of the side in f32: their rounding moves some patches to their neighbour's row.
   */
  private static String loading() {
    return """
      def pack(self: __torch__.M, parts: List[Tensor]) -> $weight$:
        w = torch.cat(parts)
        return $packed$
      def pack_patches(self: __torch__.M, parts: List[Tensor]) -> $weight$:
        w = torch.cat(parts).reshape([$hidden$, $patchPixels$])
        return $packed$
      def typed(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        return torch.cat(parts).to($type$)
      def positions(self: __torch__.M, parts: List[Tensor]) -> Tensor:
        bounds = torch.arange(1.0 / $side$.0, 1.0, 1.0 / $side$.0, dtype=6)
        step = torch.mul(torch.reciprocal(torch.tensor([$side$.0], dtype=6)), 1.0)
        places = torch.clamp_max(torch.mul(torch.arange($side$, dtype=6), step), 0.999999)
        bucket = torch.bucketize(places, bounds, right=True)
        rows = torch.add(torch.unsqueeze(torch.mul(bucket, $side$), 1), torch.unsqueeze(bucket, 0))
        return torch.index_select(torch.cat(parts), 0, rows.reshape([-1])).to($type$)
    """;
  }

  private static String layers() {
    return """
      def norm(self: __torch__.M, x: Tensor, factors: Tensor, offsets: Tensor) -> Tensor:
        return torch.layer_norm(x, [$hidden$], factors, offsets, $epsilon$)
      def attention(self: __torch__.M, qkv: Tensor) -> Tensor:
        x = torch.permute(qkv.view([1, -1, 3, $heads$, $headSize$]), [2, 0, 3, 1, 4])
        o = torch.scaled_dot_product_attention(x[0], x[1], x[2], None, 0.0, False)
        return torch.transpose(o, 1, 2).reshape([-1, $hidden$])
      def patched(self: __torch__.M, pixels: Tensor) -> Tensor:
        x = pixels.view([3, $side$, $patch$, $side$, $patch$])
        return torch.permute(x, [1, 3, 0, 2, 4]).reshape([$side$ * $side$, $patchPixels$])
      def hidden(self: __torch__.M, pixels: Tensor, $state$) -> Tensor:
        x = self.patched(pixels).to($type$)
        h = torch.add($patchLinear$, positions)
        for i in range($layers$):
          x = self.norm(h, vectors[i * 8 + 5], vectors[i * 8 + 6])
          o = self.attention($qkvLinear$)
          h = torch.add(h, $outLinear$)
          x = self.norm(h, vectors[i * 8 + 7], vectors[i * 8 + 8])
          f = torch.gelu($inLinear$, approximate="tanh")
          h = torch.add(h, $backLinear$)
        return self.norm(h, vectors[$layers$ * 8 + 1], vectors[$layers$ * 8 + 2])
    """;
  }

  /** What Java calls. */
  private static String calls() {
    return """
      def features(self: __torch__.M, pixels: Tensor, $state$) -> Tensor:
        h = self.hidden(pixels, positions, weights, vectors)
        h = torch.permute(h.view([$joined$, $scale$, $joined$, $scale$, $hidden$]), [0, 2, 1, 3, 4])
        x = h.reshape([$joined$ * $joined$, $scale$ * $scale$ * $hidden$])
        return $connectorLinear$.to(6)
    """;
  }

  private Map<String, String> words() {
    VisionConfig.Tower tower = config.tower();
    int side = tower.side();
    int last = 4 * tower.layers() + 1;
    return Map.ofEntries(
        Map.entry("state", state()),
        Map.entry("type", number(precision.scalarType())),
        Map.entry("weight", precision.weightType()),
        Map.entry("packed", precision.packed()),
        Map.entry("patchLinear", precision.linear("x", "weights[0]", "vectors[0]")),
        Map.entry("qkvLinear", linear("x", 1)),
        Map.entry("outLinear", linear("o", 2)),
        Map.entry("inLinear", linear("x", 3)),
        Map.entry("backLinear", linear("f", 4)),
        Map.entry("connectorLinear", precision.linear("x", "weights[" + last + "]", "None")),
        Map.entry("hidden", number(tower.hidden())),
        Map.entry("layers", number(tower.layers())),
        Map.entry("heads", number(tower.heads())),
        Map.entry("headSize", number(tower.headSize())),
        Map.entry("side", number(side)),
        Map.entry("patch", number(tower.patch())),
        Map.entry("patchPixels", number(Bitmap.CHANNELS * tower.patch() * tower.patch())),
        Map.entry("scale", number(config.scale())),
        Map.entry("joined", number(side / config.scale())),
        Map.entry("epsilon", Double.toString(tower.normEpsilon()).toLowerCase(Locale.ROOT)));
  }

  private String state() {
    return "positions: Tensor, weights: List["
        + precision.weightType()
        + "], vectors: List[Tensor]";
  }

  private String linear(String input, int group) {
    return precision.linear(
        input, "weights[i * 4 + " + group + "]", "vectors[i * 8 + " + group + "]");
  }

  private static String number(int value) {
    return Integer.toString(value);
  }
}
