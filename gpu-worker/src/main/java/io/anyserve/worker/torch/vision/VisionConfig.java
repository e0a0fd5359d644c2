package io.anyserve.worker.torch.vision;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.JsonFile;
import io.anyserve.worker.torch.model.ModelFamily;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The shape of a vision tower and of its connector, as a {@code config.json} states it: SigLIP on
 * square tiles, of which the connector makes fewer and wider vectors. What the file leaves out is
 * what transformers takes for it.
 *
 * @param scale squares of that many patches a side become one vector
 * @param imageToken the token whose vector in a prompt comes from an image
 * @param textHidden width of the decoder that reads the vectors
 */
record VisionConfig(Tower tower, int scale, int imageToken, int textHidden) {

  /** Beyond all models there are: a damaged file must not ask for memory. */
  private static final int MOST_LAYERS = 1000;

  private static final String EDGE = "longest_edge";

  /**
   * The tower.
   *
   * @param feedForward width of the part behind attention
   * @param image pixels of a tile, each side
   * @param patch pixels of a patch, each side
   */
  record Tower(
      int hidden,
      int layers,
      int heads,
      int feedForward,
      int image,
      int patch,
      double normEpsilon) {

    /** Patches of a tile, each side. */
    int side() {
      return image / patch;
    }

    int headSize() {
      return hidden / heads;
    }
  }

  /** Throws InvalidModelException where it is another model, or of an unsupported shape. */
  static VisionConfig read(JsonFile json) {
    ModelFamily.VISION.require(json);
    Tower tower = tower(json.object("vision_config"));
    int scale = json.positive("scale_factor", 2);
    if (tower.side() % scale != 0) {
      JsonNode found = json.root().path("scale_factor");
      throw json.wrong("scale_factor", found, "a divisor of " + tower.side() + " patches a side");
    }
    int imageToken = json.positive("image_token_id");
    return new VisionConfig(
        tower, scale, imageToken, json.object("text_config").positive("hidden_size"));
  }

  private static Tower tower(JsonFile json) {
    json.only("hidden_act", List.of("gelu_pytorch_tanh"));
    json.only("num_channels", List.of("3"));
    json.only("use_base_siglip", List.of("false"));
    var tower =
        new Tower(
            json.positive("hidden_size", 1152),
            json.positive("num_hidden_layers", 12),
            json.positive("num_attention_heads", 16),
            json.positive("intermediate_size", 3072),
            json.positive("image_size", 224),
            json.positive("patch_size", 32),
            json.positiveNumber("layer_norm_eps", 1e-6));
    require(json, tower.layers <= MOST_LAYERS, "num_hidden_layers", "at most " + MOST_LAYERS);
    require(
        json,
        tower.hidden % tower.heads == 0,
        "num_attention_heads",
        "a divisor of hidden_size " + tower.hidden);
    require(
        json,
        tower.image % tower.patch == 0,
        "patch_size",
        "a divisor of image_size " + tower.image);
    if (json.has("max_image_size")) {
      JsonFile size = json.object("max_image_size");
      require(size, size.positive(EDGE) == tower.image, EDGE, "image_size, " + tower.image);
    }
    return tower;
  }

  private static void require(JsonFile json, boolean holds, String key, String expected) {
    if (!holds) {
      String found = InvalidModelException.printable(json.root().path(key).toString());
      throw new InvalidModelException(json.file(), key + ": " + found, expected);
    }
  }

  /** Vectors that a tile becomes. */
  int vectors() {
    int side = tower.side() / scale;
    return side * side;
  }
}
