package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.cache.KvMemory;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.Rope;
import java.util.ArrayList;
import java.util.List;

/**
 * What every call of a decoder's module reads and writes: embedding, weights, norms, keys, values
 * and rotary table, in this order, in native memory.
 */
final class DecoderState implements AutoCloseable {

  /** Where the keys are among the values, and behind them the values. */
  private static final int KEYS = 3;

  private final PtSymbolBlock module;
  private final PtNDManager manager;
  private final List<IValue> values = new ArrayList<>();

  private DecoderState(PtSymbolBlock module, PtNDManager manager) {
    this.module = module;
    this.manager = manager;
  }

  /** Packs all weights and reserves the cache. */
  static DecoderState load(WeightLoader weights, KvCacheConfig cache) {
    var state = new DecoderState(weights.packer().module(), weights.packer().manager());
    try {
      state.fill(weights, cache, weights.shape().config());
      return state;
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  List<IValue> values() {
    return values;
  }

  /** Where keys and values lie. */
  KvMemory memory(KvCacheConfig cache) {
    return KvMemory.of(manager, cache, values.subList(KEYS, KEYS + 2));
  }

  @Override
  public void close() {
    values.forEach(IValue::close);
  }

  private void fill(WeightLoader weights, KvCacheConfig cache, ModelConfig config) {
    values.add(weights.embedding());
    values.add(weights.linears());
    values.add(weights.norms());
    values.add(cache(cache.rows(), config.layers()));
    values.add(cache(cache.rows(), config.layers()));
    values.add(rope(config.attention().positions().ropes(), cache.slotLength()));
  }

  private IValue cache(long rows, int layers) {
    try (var call = new ModuleCall(module, manager)) {
      return call.number(rows).number(layers).value("cache");
    }
  }

  /** The angles for slots of that length. */
  private IValue rope(List<Rope> ropes, int length) {
    List<Rope.Angles> angles = ropes.stream().map(rope -> rope.angles(length)).toList();
    double[] bases = angles.stream().mapToDouble(Rope.Angles::base).toArray();
    double[] divisors =
        angles.stream()
            .flatMap(each -> each.divisors().stream())
            .mapToDouble(Double::doubleValue)
            .toArray();
    double[] magnitudes = angles.stream().mapToDouble(Rope.Angles::magnitude).toArray();
    try (var call = new ModuleCall(module, manager)) {
      return call.number(length).list(bases).list(divisors).list(magnitudes).value("rope");
    }
  }
}
