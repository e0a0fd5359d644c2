package io.anyserve.worker.torch.vision;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.model.TensorSource;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightPacker;
import java.util.ArrayList;
import java.util.List;

/**
 * A vision tower in memory: packed weights, and one call of its module for a tile. A tile is always
 * computed alone, so that its vectors have the same bits whatever else there is to do.
 *
 * <p>One thread, the engine thread, makes it, calls it and closes it.
 */
final class VisionTower implements AutoCloseable {

  private final VisionConfig config;
  private final float[][] colours;
  private final PtNDManager manager;
  private final PtSymbolBlock module;

  /** Positions, weights and vectors: what every call reads. */
  private final List<IValue> state;

  private VisionTower(
      VisionConfig config,
      float[][] colours,
      PtNDManager manager,
      PtSymbolBlock module,
      List<IValue> state) {
    this.config = config;
    this.colours = colours;
    this.manager = manager;
    this.module = module;
    this.state = state;
  }

  /** Compiles the module and packs the weights; the source is not read afterwards. */
  static VisionTower load(
      PtNDManager parent, VisionScript script, ImageConfig.Colours colours, TensorSource source) {
    PtNDManager manager = (PtNDManager) parent.newSubManager();
    List<IValue> state = new ArrayList<>();
    try {
      PtSymbolBlock module = TorchScriptArchive.load(manager, script.text());
      pack(new WeightPacker(module, manager, source), new VisionLayout(script.config()), state);
      return new VisionTower(script.config(), colours.table(), manager, module, state);
    } catch (RuntimeException e) {
      state.forEach(IValue::close);
      manager.close();
      throw e;
    }
  }

  private static void pack(WeightPacker packer, VisionLayout layout, List<IValue> state) {
    List<IValue> weights = new ArrayList<>();
    List<List<TensorSpec>> vectors = new ArrayList<>();
    vectors.add(List.of(layout.patchBias()));
    state.add(packer.packed("positions", List.of(layout.positions())));
    try {
      weights.add(packer.packed("pack_patches", List.of(layout.patches())));
      for (int layer = 0; layer < layout.config().tower().layers(); layer++) {
        layout.linears(layer).forEach(group -> weights.add(packer.packed("pack", group)));
        vectors.addAll(layout.vectors(layer));
      }
      weights.add(packer.packed("pack", List.of(layout.connector())));
      state.add(IValue.listFrom(weights.toArray(IValue[]::new)));
    } finally {
      weights.forEach(IValue::close);
    }
    vectors.addAll(layout.lastNorm());
    state.add(packer.packedList("typed", vectors));
  }

  /** Numbers of a vector. */
  int width() {
    return config.textHidden();
  }

  /**
   * The vectors of a tile, one behind the other.
   *
   * @param tile red, green and blue of each pixel, one byte each
   */
  float[] vectors(byte[] tile) {
    int size = config.tower().image();
    try (var call = new ModuleCall(module, manager)) {
      call.tensor(pixels(tile), new Shape(Bitmap.CHANNELS, size, size));
      return call.borrowed(state).floats("features");
    }
  }

  /** Channel by channel, normalised. */
  float[] pixels(byte[] tile) {
    int size = tile.length / Bitmap.CHANNELS;
    float[] pixels = new float[tile.length];
    for (int i = 0; i < size; i++) {
      for (int channel = 0; channel < Bitmap.CHANNELS; channel++) {
        int value = tile[i * Bitmap.CHANNELS + channel] & 0xff;
        pixels[channel * size + i] = colours[channel][value];
      }
    }
    return pixels;
  }

  @Override
  public void close() {
    state.forEach(IValue::close);
    module.close();
    manager.close();
  }
}
