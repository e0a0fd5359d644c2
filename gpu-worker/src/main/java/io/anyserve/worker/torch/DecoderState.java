package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import java.util.ArrayList;
import java.util.List;

/**
 * What every call of a decoder's module reads and writes: embedding, weights, norms, keys, values
 * and rotary table, in this order, in native memory.
 */
final class DecoderState implements AutoCloseable {

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
      state.fill(weights, cache, weights.shape().config().layers());
      return state;
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  List<IValue> values() {
    return values;
  }

  @Override
  public void close() {
    values.forEach(IValue::close);
  }

  private void fill(WeightLoader weights, KvCacheConfig cache, int layers) {
    values.add(weights.embedding());
    values.add(weights.linears());
    values.add(weights.norms());
    values.add(call("cache", cache.rows(), layers));
    values.add(call("cache", cache.rows(), layers));
    values.add(call("rope", cache.slotLength()));
  }

  private IValue call(String method, long... arguments) {
    try (var call = new ModuleCall(module, manager)) {
      for (long argument : arguments) {
        call.number(argument);
      }
      return call.value(method);
    }
  }
}
