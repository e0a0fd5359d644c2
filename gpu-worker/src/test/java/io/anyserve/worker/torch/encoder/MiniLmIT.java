package io.anyserve.worker.torch.encoder;

import static io.anyserve.worker.torch.encoder.VectorDistance.cosine;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * all-MiniLM-L6-v2 against vectors that sentence-transformers made with it. docs/models.md says how
 * to get the folder.
 */
@EnabledIfSystemProperty(
    named = MiniLmIT.FOLDER,
    matches = ".+",
    disabledReason = "no model (expected: -D" + MiniLmIT.FOLDER + "=FOLDER)")
final class MiniLmIT {

  static final String FOLDER = "anyserve.minilm";

  private static final int WIDTH = 384;
  private static final MachinePrecision MACHINE = MachinePrecision.here();

  private static List<String> sentences = List.of();
  private static List<int[]> tokens = List.of();
  private static List<float[]> reference = List.of();

  @BeforeAll
  static void read() throws IOException {
    try (InputStream file = MiniLmIT.class.getResourceAsStream("minilm.json")) {
      JsonNode root = JsonMapper.shared().readTree(Objects.requireNonNull(file));
      sentences = TinyBert.strings(root.path("sentences"));
      tokens =
          root.path("tokens")
              .valueStream()
              .map(ids -> ids.valueStream().mapToInt(JsonNode::intValue).toArray())
              .toList();
      reference = vectors(root.path("vectors_f16").stringValue());
    }
  }

  static List<Precision> right() {
    return EncoderModelIT.right();
  }

  @Test
  void theFolderIsReadAsItIs() {
    try (EncoderModel model = load(PrecisionSetting.AUTO)) {
      assertEquals(WIDTH, model.files().config().hidden());
      assertEquals(256, model.files().sentence().maxLength());
      for (int i = 0; i < sentences.size(); i++) {
        assertArrayEquals(tokens.get(i), model.tokenizer().encode(sentences.get(i)));
      }
    }
  }

  /** In f32 as the reference, in others near enough to search with. */
  @ParameterizedTest
  @MethodSource("right")
  void vectorsAreThoseOfTheReference(Precision precision) {
    double allowed =
        switch (precision) {
          case F32, F32_PACKED, FP16_PACKED -> 0.9999;
          case BF16, BF16_PACKED -> 0.999;
          case INT8 -> 0.99;
        };
    List<float[]> vectors = embed(new PrecisionSetting.Named(precision));
    double least = 1;
    for (int i = 0; i < vectors.size(); i++) {
      least = Math.min(least, cosine(reference.get(i), vectors.get(i)));
    }
    String figures = precision + ": least cosine of " + vectors.size() + " sentences " + least;
    System.out.println(figures);
    assertTrue(least >= allowed, figures);
  }

  /** The sentences are pairs that say the same. */
  @Test
  void relatedSentencesAreNearerThanOthers() {
    List<float[]> vectors = embed(PrecisionSetting.AUTO);
    for (int i = 0; i < vectors.size(); i++) {
      int related = i ^ 1;
      for (int other = 0; other < vectors.size(); other++) {
        if (other != i && other != related) {
          assertTrue(
              cosine(vectors.get(i), vectors.get(related))
                  > cosine(vectors.get(i), vectors.get(other)),
              sentences.get(i) + " is nearer to " + sentences.get(other));
        }
      }
    }
  }

  private static List<float[]> embed(PrecisionSetting precision) {
    try (EncoderModel model = load(precision)) {
      return model.encoder().embed(sentences.stream().map(model.tokenizer()::encode).toList());
    }
  }

  private static EncoderModel load(PrecisionSetting precision) {
    return EncoderModel.load(Path.of(System.getProperty(FOLDER, "")), precision, 2, MACHINE);
  }

  private static List<float[]> vectors(String base64) {
    var halves = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    List<float[]> vectors = new ArrayList<>();
    while (halves.hasRemaining()) {
      float[] vector = new float[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        vector[i] = Float.float16ToFloat(halves.getShort());
      }
      vectors.add(vector);
    }
    return vectors;
  }
}
