package io.anyserve.worker.torch.encoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import io.anyserve.worker.torch.model.EncoderConfig;
import io.anyserve.worker.torch.model.EncoderLayout;
import io.anyserve.worker.torch.model.TensorSource;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightPacker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An encoder in memory: packed weights, and one call of its module for a batch of texts.
 *
 * <p>One thread, the engine thread, makes it, calls it and closes it.
 */
final class Encoder implements EmbeddingBatch.Model, AutoCloseable {

  private final EncoderConfig config;
  private final PtNDManager manager;
  private final PtSymbolBlock module;

  /** Words, places, weights and vectors: what every call reads. */
  private final List<IValue> state;

  /** The token behind each text. */
  private final int separator;

  private Encoder(
      EncoderConfig config,
      PtNDManager manager,
      PtSymbolBlock module,
      List<IValue> state,
      int separator) {
    this.config = config;
    this.separator = separator;
    this.manager = manager;
    this.module = module;
    this.state = state;
  }

  /**
   * Compiles the module and packs the weights; the source is not read afterwards.
   *
   * @param separator the token behind each text
   */
  static Encoder load(
      PtNDManager parent,
      EncoderScript script,
      EncoderLayout layout,
      TensorSource source,
      int separator) {
    PtNDManager manager = (PtNDManager) parent.newSubManager();
    List<IValue> state = new ArrayList<>();
    try {
      PtSymbolBlock module = TorchScriptArchive.load(manager, script.text());
      pack(new WeightPacker(module, manager, source), layout, state);
      return new Encoder(script.config(), manager, module, state, separator);
    } catch (RuntimeException e) {
      state.forEach(IValue::close);
      manager.close();
      throw e;
    }
  }

  /**
   * The vector of each text, or the score of each pair as one number, in the order of the texts.
   *
   * @param texts their tokens, the special ones at both ends included
   */
  @Override
  public List<float[]> embed(List<int[]> texts) {
    texts.forEach(this::check);
    int[] order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(text -> texts.get(text).length))
            .mapToInt(Integer::intValue)
            .toArray();
    float[] vectors = vectors(Arrays.stream(order).mapToObj(texts::get).toList());
    float[][] inOrder = new float[order.length][];
    for (int i = 0; i < order.length; i++) {
      int start = i * config.outputs();
      inOrder[order[i]] = Arrays.copyOfRange(vectors, start, start + config.outputs());
    }
    return List.of(inOrder);
  }

  @Override
  public void close() {
    state.forEach(IValue::close);
    module.close();
    manager.close();
  }

  /** The vectors of texts that are sorted by length, one behind the other. */
  private float[] vectors(List<int[]> texts) {
    Map<Integer, Long> countByLength =
        texts.stream()
            .collect(
                Collectors.groupingBy(text -> text.length, TreeMap::new, Collectors.counting()));
    try (var call = new ModuleCall(module, manager)) {
      tokens(call, texts);
      call.list(countByLength.values().stream().mapToLong(Long::longValue).toArray());
      call.list(countByLength.keySet().stream().mapToLong(Integer::longValue).toArray());
      return call.borrowed(state).floats("embed");
    }
  }

  /** Token and row of the places of each: the second text of a pair has rows of its own. */
  private void tokens(ModuleCall call, List<int[]> texts) {
    int total = texts.stream().mapToInt(text -> text.length).sum();
    long[] tokens = new long[2 * total];
    int at = 0;
    for (int[] text : texts) {
      int second = second(text);
      long rows = config.embedding().positions();
      for (int position = 0; position < text.length; position++) {
        tokens[at] = text[position];
        tokens[total + at++] = position < second ? position : rows + position;
      }
    }
    call.tensor(tokens, new Shape(2, total));
  }

  /** Where the second text of a pair begins, behind the first separator. */
  private int second(int... text) {
    if (!config.scoresPairs()) {
      return text.length;
    }
    int at = 0;
    while (at < text.length && text[at] != separator) {
      at++;
    }
    return at + 1;
  }

  /** Checked here because libtorch would not. */
  private void check(int... text) {
    int most = config.embedding().positions();
    if (text.length == 0 || text.length > most) {
      throw new IllegalArgumentException(
          "text: " + text.length + " tokens (expected: 1 to " + most + ")");
    }
    for (int token : text) {
      if (token < 0 || token >= config.embedding().vocabulary()) {
        throw new IllegalArgumentException(
            "token: " + token + " (expected: 0 to " + (config.embedding().vocabulary() - 1) + ")");
      }
    }
  }

  private static void pack(WeightPacker packer, EncoderLayout layout, List<IValue> state) {
    List<List<TensorSpec>> linears = new ArrayList<>();
    List<List<TensorSpec>> vectors = new ArrayList<>();
    for (int layer = 0; layer < layout.config().layers(); layer++) {
      linears.addAll(layout.linears(layer));
      vectors.addAll(layout.vectors(layer));
    }
    vectors.addAll(layout.firstNorm());
    vectors.addAll(layout.head());
    state.add(packer.packed("typed", List.of(layout.words())));
    state.add(packer.packed("places", List.of(layout.positions(), layout.types())));
    state.add(packer.packedList("pack", linears));
    state.add(packer.packedList("typed", vectors));
  }
}
