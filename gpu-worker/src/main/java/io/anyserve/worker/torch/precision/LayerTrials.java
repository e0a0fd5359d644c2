package io.anyserve.worker.torch.precision;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries precisions on layers of libtorch: each in a module of its own, because a module that names
 * an operation which libtorch does not know fails to load as a whole.
 *
 * <p>Errors are those of small layers with bias, for inputs and weights that are Gaussian, all +1
 * (every product at its largest, all with one sign) and +1 or -1 at random; these two are what
 * makes sums of int8 products overflow. Times are those of four layers that no cache holds at once.
 *
 * <p>Owned by one thread, which closes it.
 */
final class LayerTrials implements PrecisionTrials, AutoCloseable {

  private static final int WIDTH = 1024;
  private static final int SMALL = 256;
  private static final int LARGE = 4096;
  private static final int LAYERS = 4;

  private static final String METHODS =
      """
        def pack(self: __torch__.M, parts: List[Tensor]) -> $weight$:
          w = torch.cat(parts)
          return $packed$
        def error(self: __torch__.M, x: Tensor, w: Tensor, b: Tensor, weights: List[$weight$]) -> Tensor:
          right = torch.linear(x.to(7), w.to(7), b.to(7))
          x = x.to($type$)
          b = b.to($type$)
          y = $biased$
          return torch.div(torch.norm(torch.sub(y.to(7), right)), torch.norm(right)).to(6)
        def layers(self: __torch__.M, x: Tensor, weights: List[$weight$]) -> Tensor:
          x = x.to($type$)
          y = x
          for i in range(torch.len(weights)):
            y = $plain$
          return y
      """;

  private final PtNDManager manager;
  private final List<Problem> problems;
  private final PtNDArray oneRow;
  private final PtNDArray eightRows;
  private final List<IValue> owned = new ArrayList<>();

  /** Weights, bias and activations whose product is known. */
  private record Problem(PtNDArray weight, PtNDArray bias, List<PtNDArray> inputs) {}

  LayerTrials(PtNDManager parent) {
    this.manager = (PtNDManager) parent.newSubManager();
    this.oneRow = gaussian(1, WIDTH);
    this.eightRows = gaussian(8, WIDTH);
    PtNDArray bias = gaussian(SMALL);
    this.problems =
        List.of(
            new Problem(gaussian(SMALL, WIDTH), bias, List.of(oneRow, eightRows)),
            new Problem(ones(SMALL, WIDTH), bias, List.of(ones(1, WIDTH), ones(8, WIDTH))),
            new Problem(signs(SMALL, WIDTH), bias, List.of(signs(1, WIDTH), signs(8, WIDTH))));
  }

  @Override
  public Trial open(Precision precision) {
    return new LayerTrial(TorchScriptArchive.load(manager, text(precision)));
  }

  @Override
  public void close() {
    owned.forEach(IValue::close);
    manager.close();
  }

  private static String text(Precision precision) {
    String body =
        METHODS
            .replace("$packed$", precision.packed())
            .replace("$biased$", precision.linear("x", "weights[0]", "b"))
            .replace("$plain$", precision.linear("x", "weights[i]", "None"))
            .replace("$type$", Integer.toString(precision.scalarType()))
            .replace("$weight$", precision.weightType());
    return TorchScriptArchive.CLASS_HEAD + precision.methods() + body;
  }

  private IValue packed(PtSymbolBlock module, List<PtNDArray> weights) {
    IValue[] packed = weights.stream().map(weight -> packed(module, weight)).toArray(IValue[]::new);
    IValue list = IValue.listFrom(packed);
    Arrays.stream(packed).forEach(IValue::close);
    owned.add(list);
    return list;
  }

  private IValue packed(PtSymbolBlock module, PtNDArray weight) {
    try (var call = new ModuleCall(module, manager)) {
      return call.tensors(List.of(weight)).value("pack");
    }
  }

  private PtNDArray gaussian(long... shape) {
    return (PtNDArray) manager.randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
  }

  private PtNDArray ones(long... shape) {
    return (PtNDArray) manager.ones(new Shape(shape));
  }

  private PtNDArray signs(long... shape) {
    return gaussian(shape).sign();
  }

  /** The layers of one precision. */
  private final class LayerTrial implements Trial {

    private final PtSymbolBlock module;
    private @Nullable IValue layers;

    LayerTrial(PtSymbolBlock module) {
      this.module = module;
    }

    /** Not a number where one of them is not. */
    @Override
    public double error() {
      return problems.stream().mapToDouble(this::error).reduce(0, Math::max);
    }

    private double error(Problem problem) {
      IValue weight = packed(module, List.of(problem.weight));
      return problem.inputs.stream()
          .mapToDouble(input -> error(input, problem, weight))
          .reduce(0, Math::max);
    }

    private double error(PtNDArray input, Problem problem, IValue weight) {
      try (var call = new ModuleCall(module, manager)) {
        call.array(input).array(problem.weight).array(problem.bias).borrowed(List.of(weight));
        return call.floats("error")[0];
      }
    }

    @Override
    public long oneRow() {
      return nanos(oneRow);
    }

    @Override
    public long eightRows() {
      return nanos(eightRows);
    }

    private long nanos(PtNDArray input) {
      IValue weights = layers();
      try (var call = new ModuleCall(module, manager)) {
        call.array(input).borrowed(List.of(weights));
        long start = System.nanoTime();
        call.run("layers");
        return (System.nanoTime() - start) / LAYERS;
      }
    }

    /** Packed when they are first timed: most trials only check. */
    private IValue layers() {
      if (layers == null) {
        layers = packed(module, Collections.nCopies(LAYERS, gaussian(LARGE, WIDTH)));
      }
      return layers;
    }
  }
}
