package io.anyserve.worker.torch.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a model does with text, by the {@code model_type} of its {@code config.json}. */
public enum ModelFamily {
  /** Writes text: the shapes of {@link DecoderType}. */
  DECODER,

  /** Writes text about images: a tower beside a decoder, as Idefics3 and SmolVLM have it. */
  VISION,

  /** Makes vectors of texts: the shape of BERT. */
  ENCODER;

  private static final String KEY = "model_type";

  private List<String> types() {
    return switch (this) {
      case DECODER -> DecoderType.names();
      case VISION -> List.of("idefics3", "smolvlm");
      case ENCODER -> List.of("bert");
    };
  }

  /**
   * The family of the model in a folder.
   *
   * @throws InvalidModelException when there is no such folder, or no model of a family in it
   */
  public static ModelFamily of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidModelException(folder, "no such folder", "a Hugging Face model folder");
    }
    JsonFile json = JsonFile.read(folder.resolve(ModelConfig.FILE));
    List<String> known =
        Arrays.stream(values()).flatMap(family -> family.types().stream()).toList();
    String type = type(json, known);
    return Arrays.stream(values())
        .filter(family -> family.types().contains(type))
        .findFirst()
        .orElseThrow();
  }

  /** Refuses models of other families. */
  public void require(JsonFile json) {
    type(json, types());
  }

  private static String type(JsonFile json, List<String> known) {
    return json.required(KEY, node -> known.contains(node.asString("")), "one of " + known)
        .stringValue();
  }
}
