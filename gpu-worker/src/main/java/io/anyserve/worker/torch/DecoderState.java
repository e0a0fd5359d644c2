package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
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

  /** Packs all weights and reserves a cache of {@code slots * slotLength} rows per layer. */
  static DecoderState load(
      PtSymbolBlock module,
      PtNDManager manager,
      ModelConfig config,
      TensorSource source,
      CacheSize cache) {
    var names = new WeightNames(config);
    var state = new DecoderState(module, manager);
    try {
      state.values.add(state.prepared("typed", List.of(names.embedding()), source));
      state.values.add(list(state.linears(config, names, source)));
      state.values.add(list(state.norms(config, names, source)));
      state.values.add(list(state.cache(config, cache)));
      state.values.add(list(state.cache(config, cache)));
      state.values.add(state.table("rope", cache.slotLength()));
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

  private List<IValue> linears(ModelConfig config, WeightNames names, TensorSource source) {
    List<IValue> packed = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      names.linears(layer).forEach(group -> packed.add(prepared("pack", group, source)));
    }
    packed.add(prepared("pack", List.of(names.head()), source));
    return packed;
  }

  private List<IValue> norms(ModelConfig config, WeightNames names, TensorSource source) {
    List<IValue> norms = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      names.norms(layer).forEach(group -> norms.add(prepared("typed", group, source)));
    }
    norms.add(prepared("typed", List.of(names.lastNorm()), source));
    return norms;
  }

  private List<IValue> cache(ModelConfig config, CacheSize cache) {
    List<IValue> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(table("cache", cache.rows()));
    }
    return layers;
  }

  /** The tensors joined along their rows, copied into what the module computes with. */
  private IValue prepared(String method, List<TensorName> names, TensorSource source) {
    List<PtNDArray> parts = names.stream().map(source::tensor).toList();
    try (var call = new ModuleCall(module, manager)) {
      return call.tensors(parts).value(method);
    } finally {
      parts.forEach(PtNDArray::close);
    }
  }

  private IValue table(String method, long length) {
    try (var call = new ModuleCall(module, manager)) {
      return call.number(length).value(method);
    }
  }

  /** A list holds its own references, so its elements are closed. */
  private static IValue list(List<IValue> elements) {
    IValue list = IValue.listFrom(elements.toArray(new IValue[0]));
    elements.forEach(IValue::close);
    return list;
  }
}
