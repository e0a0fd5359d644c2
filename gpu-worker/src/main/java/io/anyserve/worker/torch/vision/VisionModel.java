package io.anyserve.worker.torch.vision;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.worker.torch.model.CheckpointTensors;
import io.anyserve.worker.torch.model.WeightFile;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.text.ImagePrompts;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/**
 * The part of a model that sees: its tower, and how images become tiles and stand in prompts.
 *
 * <p>One thread, the engine thread, makes it, calls it and closes it; tiles are cut on threads of
 * their own.
 */
public final class VisionModel implements AutoCloseable {

  private final VisionConfig config;
  private final ImageConfig images;
  private final VisionTower tower;
  private final TileCutter cutter;
  private final ImageNumbers numbers = new ImageNumbers();

  private VisionModel(VisionConfig config, ImageConfig images, VisionTower tower) {
    this.config = config;
    this.images = images;
    this.tower = tower;
    this.cutter = new TileCutter(images);
  }

  /**
   * Packs the tower.
   *
   * @throws io.anyserve.worker.torch.model.InvalidModelException when a file is missing, damaged or
   *     of an unsupported kind
   */
  public static VisionModel load(VisionFolder folder, Precision precision, PtNDManager manager) {
    VisionConfig config = folder.vision();
    ImageConfig images = folder.images();
    try (WeightFile weights = folder.allWeights()) {
      new VisionLayout(config).all().forEach(weights::tensor);
      try (var tensors = new CheckpointTensors(manager, weights)) {
        var script = new VisionScript(config, precision);
        var tower = VisionTower.load(manager, script, images.colours(), tensors);
        return new VisionModel(config, images, tower);
      }
    }
  }

  /**
   * What stands for images in prompts; the folder's files are checked, its weights are not read.
   */
  public static ImagePrompts prompts(VisionFolder folder) {
    return new TileMarkup(folder.images(), folder.vision().vectors());
  }

  VisionTower tower() {
    return tower;
  }

  /**
   * The images of a prompt, which begin to become tiles.
   *
   * @param prompt its tokens; where images are, they are replaced by what stands for the content of
   *     the image, so that prompts with other images differ
   */
  public PromptImages of(Payload.Chat conversation, int[] prompt) {
    List<ContentPart.Image> all = conversation.images().stream().map(TileMarkup::inline).toList();
    int[] counts = all.stream().mapToInt(image -> TileGrid.of(image, images).tiles()).toArray();
    int[] positions =
        IntStream.range(0, prompt.length).filter(i -> prompt[i] == config.imageToken()).toArray();
    requireAsMany(positions.length, Arrays.stream(counts).sum() * config.vectors());
    int next = 0;
    for (int image = 0; image < counts.length; image++) {
      int number = numbers.of(all.get(image).data());
      for (int end = next + counts[image] * config.vectors(); next < end; next++) {
        prompt[positions[next]] = number;
      }
    }
    return new PromptImages(
        tower,
        config.vectors(),
        config.imageToken(),
        positions,
        all.stream().map(this::start).toList(),
        counts);
  }

  private static void requireAsMany(int found, int expected) {
    if (found != expected) {
      throw new FailureException(
          FailureCode.ENGINE_FAILED,
          "image tokens: " + found + " in the prompt (expected: " + expected + ")");
    }
  }

  private Future<List<byte[]>> start(ContentPart.Image image) {
    var task = new FutureTask<>(() -> cutter.cut(image));
    Thread.ofVirtual().name("image-tiles").start(task);
    return task;
  }

  @Override
  public void close() {
    tower.close();
  }
}
