package io.anyserve.worker.torch.vision;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How images become tiles, as {@code preprocessor_config.json} states it, or {@code
 * processor_config.json} where newer folders have it.
 *
 * @param longestEdge pixels that the longer side of an image is resized to
 * @param tile pixels of a tile, each side
 * @param splits whether a large image becomes several tiles
 */
record ImageConfig(int longestEdge, int tile, boolean splits, Colours colours) {

  private static final String FILE = "preprocessor_config.json";
  private static final String PROCESSOR = "processor_config.json";
  private static final String NESTED = "image_processor";
  private static final String SEQUENCE = "image_seq_len";
  private static final String EDGE = "longest_edge";
  private static final String LANCZOS = "1";
  private static final int CHANNELS = 3;

  /** No side is longer before an image is cut, whatever the file says. */
  private static final int LONGEST = 4096;

  /**
   * What a pixel's red, green and blue become: {@code (value * rescale - mean) / deviation}.
   *
   * @param mean three
   * @param deviation three
   */
  record Colours(double rescale, List<Double> mean, List<Double> deviation) {

    Colours {
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
    }

    /** By channel and value, in the arithmetic of transformers. */
    float[][] table() {
      float[][] table = new float[CHANNELS][256];
      for (int channel = 0; channel < CHANNELS; channel++) {
        float middle = mean.get(channel).floatValue();
        float spread = deviation.get(channel).floatValue();
        for (int value = 0; value < 256; value++) {
          table[channel][value] = ((float) (value * rescale) - middle) / spread;
        }
      }
      return table;
    }
  }

  /** Throws InvalidModelException where it asks for what is not supported. */
  static ImageConfig read(Path folder, VisionConfig vision) {
    Path file = folder.resolve(FILE);
    Path processor = folder.resolve(PROCESSOR);
    if (Files.exists(processor)) {
      requireSequence(JsonFile.read(processor), vision);
    }
    return of(
        Files.exists(file) ? JsonFile.read(file) : JsonFile.read(processor).object(NESTED), vision);
  }

  private static void requireSequence(JsonFile json, VisionConfig vision) {
    if (json.has(SEQUENCE) && json.positive(SEQUENCE) != vision.vectors()) {
      throw json.wrong(SEQUENCE, json.root().path(SEQUENCE), String.valueOf(vision.vectors()));
    }
  }

  private static ImageConfig of(JsonFile json, VisionConfig vision) {
    for (String step : List.of("do_convert_rgb", "do_resize", "do_rescale", "do_normalize")) {
      if (!json.flag(step, true)) {
        throw json.wrong(step, json.root().path(step), "true");
      }
    }
    json.only("resample", List.of(LANCZOS));
    JsonFile largest = json.object("max_image_size");
    if (largest.positive(EDGE) != vision.tower().image()) {
      throw largest.wrong(
          EDGE, largest.root().path(EDGE), "the tower's image_size, " + vision.tower().image());
    }
    JsonFile size = json.object("size");
    if (size.positive(EDGE) > LONGEST) {
      throw size.wrong(EDGE, size.root().path(EDGE), "at most " + LONGEST);
    }
    return new ImageConfig(
        size.positive(EDGE),
        largest.positive(EDGE),
        json.flag("do_image_splitting", true),
        new Colours(
            json.positiveNumber("rescale_factor", 1.0 / 255),
            channels(json, "image_mean"),
            channels(json, "image_std")));
  }

  private static List<Double> channels(JsonFile json, String key) {
    List<Double> values = json.positiveNumbers(key);
    if (values.size() != CHANNELS) {
      throw new InvalidModelException(
          json.file(), key + ": " + values.size() + " numbers", CHANNELS + ", one for each colour");
    }
    return values;
  }
}
