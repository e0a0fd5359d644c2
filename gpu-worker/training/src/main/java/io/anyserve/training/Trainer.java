package io.anyserve.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Holds the weights and moves them by one AdamW step per batch.
 *
 * <p>A batch comes in shards whose gradients are averaged. Threads compute shards side by side and
 * meet once per step, so their number changes the speed and not the result.
 *
 * <p>Owned by one thread. Everything native belongs to the manager given, which outlives the
 * trainer.
 */
final class Trainer implements AutoCloseable {

  private final PtNDManager manager;
  private final List<WeightSpec> specs;
  private final PtSymbolBlock module;
  private final NDArray rope;
  private final List<PtNDArray> weights;
  private final List<PtNDArray> first;
  private final List<PtNDArray> second;
  private final IValue weightList;
  private final IValue firstMoments;
  private final IValue secondMoments;
  private final IValue stepCounts;
  private int steps;

  Trainer(PtNDManager manager, ModelShape shape, TrainingState start) {
    this.manager = manager;
    this.specs = WeightSpec.all(shape);
    this.module = TorchScriptArchive.load(manager, new TrainingModule(shape).text());
    this.rope = rope(shape);
    this.weights = tensors(start.weights());
    this.first = tensors(start.first());
    this.second = tensors(start.second());
    weights.forEach(Trainer::makeTrainable);
    this.weightList = list(weights);
    this.firstMoments = list(first);
    this.secondMoments = list(second);
    this.stepCounts = list(counts(start.steps() + 1)); // AdamW wants the number of the coming step
    this.steps = start.steps();
  }

  List<WeightSpec> specs() {
    return specs;
  }

  long parameters() {
    return WeightSpec.count(specs);
  }

  /** The values of one weight, row by row. */
  float[] values(int weight) {
    return weights.get(weight).toFloatArray();
  }

  /** Steps done, those of an earlier run included. */
  int steps() {
    return steps;
  }

  TrainingState state() {
    return new TrainingState(steps, values(weights), values(first), values(second));
  }

  /** One update by the mean gradient of the shards; returns their mean loss in nats per token. */
  float step(List<Batch> shards, double rate, ExecutorService threads) {
    try (var scope = (PtNDManager) manager.newSubManager()) {
      List<NDList> results = lossesAndGradients(shards, scope, threads);
      update(results.stream().map(result -> result.subNDList(1)).toList(), rate);
      steps++;
      return (float)
          results.stream().mapToDouble(result -> result.get(0).getFloat()).average().orElseThrow();
    }
  }

  /** The scores of every token as continuation of the ids. */
  float[] next(int[] ids) {
    try (var scope = (PtNDManager) manager.newSubManager();
        IValue input = IValue.from(torch(scope.create(longs(ids), new Shape(1, ids.length))));
        IValue table = IValue.from(torch(rope));
        IValue scores = IValueUtils.runMethod(module, "next", input, weightList, table)) {
      return scores.toTensor(scope).toFloatArray();
    }
  }

  @Override
  public void close() {
    stepCounts.close();
    secondMoments.close();
    firstMoments.close();
    weightList.close();
    module.close();
  }

  private List<NDList> lossesAndGradients(
      List<Batch> shards, PtNDManager scope, ExecutorService threads) {
    List<Callable<NDList>> tasks = new ArrayList<>();
    for (Batch shard : shards) {
      NDList inputs = inputs(shard, scope);
      tasks.add(() -> lossAndGradients(inputs));
    }
    try {
      var results = new ArrayList<NDList>();
      for (Future<NDList> result : threads.invokeAll(tasks)) {
        NDList done = result.get();
        done.attach(scope);
        results.add(done);
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a shard failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a step", e);
    }
  }

  /** Whether libtorch records gradients is a setting of the calling thread. */
  private NDList lossAndGradients(NDList inputs) {
    JniUtils.setGradMode(true);
    NDList result = IValueUtils.forward(module, inputs, true);
    JniUtils.setGradMode(false);
    if (result.size() != 1 + weights.size()) {
      throw new IllegalStateException(
          "gradients: " + (result.size() - 1) + " (expected: " + weights.size() + ")");
    }
    return result;
  }

  /** The names put every weight into the list W of the module's forward method. */
  private NDList inputs(Batch batch, PtNDManager scope) {
    var shape = new Shape(batch.rows(), batch.length());
    var inputs =
        new NDList(scope.create(batch.inputs(), shape), scope.create(batch.targets(), shape), rope);
    inputs.addAll(weights);
    return inputs;
  }

  private void update(List<NDList> gradients, double rate) {
    try (IValue sum = list(gradients.getFirst().stream().map(Trainer::torch).toList());
        IValue share = IValue.from(1.0 / gradients.size());
        IValue learningRate = IValue.from(rate)) {
      for (NDList more : gradients.subList(1, gradients.size())) {
        accumulate(sum, more);
      }
      IValueUtils.runMethod(
              module,
              "update",
              weightList,
              sum,
              share,
              firstMoments,
              secondMoments,
              stepCounts,
              learningRate)
          .close();
    }
  }

  private void accumulate(IValue sum, NDList gradients) {
    try (IValue more = list(gradients.stream().map(Trainer::torch).toList())) {
      IValueUtils.runMethod(module, "accumulate", sum, more).close();
    }
  }

  /** Copied, because what runMethod returns is an inference tensor that gradients may not use. */
  private NDArray rope(ModelShape shape) {
    NDArray table = manager.create(new Shape(2, shape.positions(), shape.headSize()));
    try (IValue length = IValue.from((long) shape.positions());
        IValue computed = IValueUtils.runMethod(module, "rope", length);
        NDArray values = computed.toTensor(manager)) {
      values.copyTo(table);
    }
    return table;
  }

  private List<PtNDArray> tensors(List<float[]> values) {
    var tensors = new ArrayList<PtNDArray>();
    for (int i = 0; i < specs.size(); i++) {
      tensors.add(tensor(specs.get(i), values.get(i)));
    }
    return tensors;
  }

  /**
   * Copied into libtorch's memory, because an array made from Java values is a view of a buffer.
   */
  private PtNDArray tensor(WeightSpec spec, float[] values) {
    PtNDArray tensor = torch(manager.zeros(shape(spec)));
    try (NDArray buffer = manager.create(values, shape(spec))) {
      buffer.copyTo(tensor);
    }
    return tensor;
  }

  private static void makeTrainable(PtNDArray weight) {
    JniUtils.attachGradient(weight, true);
    weight.setName("W[]");
  }

  private List<PtNDArray> counts(int count) {
    var counts = new ArrayList<PtNDArray>();
    specs.forEach(spec -> counts.add(torch(manager.full(new Shape(), (float) count))));
    return counts;
  }

  private static List<float[]> values(List<PtNDArray> tensors) {
    return tensors.stream().map(NDArray::toFloatArray).toList();
  }

  private static Shape shape(WeightSpec spec) {
    return new Shape(spec.dimensions());
  }

  private static PtNDArray torch(NDArray array) {
    return (PtNDArray) array;
  }

  private static IValue list(List<PtNDArray> arrays) {
    return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
  }

  private static long[] longs(int[] ids) {
    var longs = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      longs[i] = ids[i];
    }
    return longs;
  }
}
