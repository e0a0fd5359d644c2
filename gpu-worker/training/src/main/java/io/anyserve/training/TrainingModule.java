package io.anyserve.training;

import io.anyserve.worker.torch.libtorch.TorchScriptArchive;

/**
 * The TorchScript text that trains one shape: loss and gradients in one method, the AdamW step in
 * another.
 *
 * <p>Argument names: X token ids [rows, length], Y the ids to predict or -100, R the rotary table
 * [2, positions, headSize], W all weights in the order of {@link WeightSpec#all}.
 */
record TrainingModule(ModelShape shape) {

  /** A target that counts for nothing. */
  static final int IGNORED = -100;

  private static final String METHODS =
      """
        def rotated(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          left = torch.slice(x, 3, 0, $halfHead)
          right = torch.slice(x, 3, $halfHead, $headSize)
          turned = torch.cat([torch.neg(right), left], 3)
          return torch.add(torch.mul(x, cos), torch.mul(turned, sin))
        def heads(self: __torch__.M, x: Tensor, w: Tensor, b: Tensor, n: int) -> Tensor:
          y = torch.linear(x, w, b)
          return torch.transpose(y.view([torch.size(x, 0), torch.size(x, 1), n, $headSize]), 1, 2)
        def attention(self: __torch__.M, x: Tensor, W: List[Tensor], j: int, R: Tensor) -> Tensor:
          T = torch.size(x, 1)
          cos = torch.slice(R[0], 0, 0, T)
          sin = torch.slice(R[1], 0, 0, T)
          q = self.rotated(self.heads(x, W[j + 1], W[j + 2], $heads), cos, sin)
          k = self.rotated(self.heads(x, W[j + 3], W[j + 4], $keyHeads), cos, sin)
          v = self.heads(x, W[j + 5], W[j + 6], $keyHeads)
          k = torch.repeat_interleave(k, $group, 1)
          v = torch.repeat_interleave(v, $group, 1)
          o = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True)
          o = torch.transpose(o, 1, 2).reshape([torch.size(x, 0), T, $queryWidth])
          return torch.linear(o, W[j + 7], None)
        def states(self: __torch__.M, X: Tensor, W: List[Tensor], R: Tensor) -> Tensor:
          h = torch.embedding(W[0], X)
          for i in range($layers):
            j = $beforeLayers + i * $perLayer
            x = torch.rms_norm(h, [$hidden], W[j], $epsilon)
            h = torch.add(h, self.attention(x, W, j, R))
            x = torch.rms_norm(h, [$hidden], W[j + 8], $epsilon)
            g = torch.mul(torch.silu(torch.linear(x, W[j + 9], None)), torch.linear(x, W[j + 10], None))
            h = torch.add(h, torch.linear(g, W[j + 11], None))
          return torch.rms_norm(h, [$hidden], W[1], $epsilon)
        def forward(self: __torch__.M, X: Tensor, Y: Tensor, R: Tensor, W: List[Tensor]) -> List[Tensor]:
          l = torch.linear(self.states(X, W, R), W[0], None).view([-1, $vocabulary])
          loss = torch.cross_entropy_loss(l, Y.view([-1]), None, 1, $ignored, 0.0)
          gradients = torch.grad([loss], W, None, None, False, False)
          result = annotate(List[Tensor], [loss.detach()])
          for g in gradients:
            if g is not None:
              result.append(g)
          return result
        def accumulate(self: __torch__.M, G: List[Tensor], more: List[Tensor]) -> int:
          for i in range(torch.len(G)):
            _0 = torch.add_(G[i], more[i])
          return torch.len(G)
        def update(self: __torch__.M, W: List[Tensor], G: List[Tensor], share: float, first: List[Tensor], \
      second: List[Tensor], steps: List[Tensor], rate: float) -> Tensor:
          squares = torch.zeros([1])
          for g in G:
            _0 = torch.mul_(g, share)
            squares = torch.add(squares, torch.sum(torch.mul(g, g)))
          norm = torch.sqrt(squares)
          scale = torch.clamp(torch.div(1.0, torch.add(norm, 1.0e-6)), None, 1.0)
          for g in G:
            _1 = torch.mul_(g, scale)
          torch._fused_adamw_(W, G, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=0.9, \
      beta2=0.98, weight_decay=0.05, eps=1.0e-8, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
          for t in steps:
            _2 = torch.add_(t, 1.0)
          return norm
        def next(self: __torch__.M, X: Tensor, W: List[Tensor], R: Tensor) -> Tensor:
          h = self.states(X, W, R)
          return torch.linear(torch.select(torch.select(h, 0, 0), 0, -1), W[0], None)
        def rope(self: __torch__.M, length: int) -> Tensor:
          inverse = torch.pow($theta, torch.div(torch.arange(0, $headSize, 2), -$headSize.0))
          f = torch.outer(torch.arange(length).to(6), inverse)
          f = torch.cat([f, f], 1)
          return torch.stack([torch.cos(f), torch.sin(f)])
      """;

  String text() {
    return TorchScriptArchive.CLASS_HEAD
        + METHODS
            .replace("$halfHead", Integer.toString(shape.headSize() / 2))
            .replace("$headSize", Integer.toString(shape.headSize()))
            .replace("$heads", Integer.toString(shape.heads()))
            .replace("$keyHeads", Integer.toString(shape.keyHeads()))
            .replace("$group", Integer.toString(shape.heads() / shape.keyHeads()))
            .replace("$queryWidth", Integer.toString(shape.queryWidth()))
            .replace("$layers", Integer.toString(shape.layers()))
            .replace("$hidden", Integer.toString(shape.hidden()))
            .replace("$vocabulary", Integer.toString(shape.vocabulary()))
            .replace("$beforeLayers", Integer.toString(WeightSpec.BEFORE_LAYERS))
            .replace("$perLayer", Integer.toString(WeightSpec.PER_LAYER))
            .replace("$ignored", Integer.toString(IGNORED))
            .replace("$epsilon", Double.toString(ModelShape.NORM_EPSILON))
            .replace("$theta", Double.toString(ModelShape.ROPE_THETA));
  }
}
