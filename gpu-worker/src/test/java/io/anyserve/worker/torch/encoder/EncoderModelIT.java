package io.anyserve.worker.torch.encoder;

import static io.anyserve.worker.torch.encoder.VectorDistance.assertNear;
import static io.anyserve.worker.torch.encoder.VectorDistance.cosine;
import static io.anyserve.worker.torch.encoder.VectorDistance.length;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The encoder against vectors that sentence-transformers made with the same folder. */
class EncoderModelIT {

  private static final double ERROR = 1e-5;
  private static final MachinePrecision MACHINE = MachinePrecision.here();

  private @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyBert.write(folder);
  }

  static List<Precision> right() {
    return MachinePrecisions.right();
  }

  static List<Precision> independent() {
    return MachinePrecisions.independent();
  }

  @Test
  void vectorsAreThoseOfTheReference() throws IOException {
    assertVectors("mean_normalised");
    for (float[] vector : embed(PrecisionSetting.AUTO)) {
      assertEquals(1, length(vector), 1e-6);
    }
  }

  @Test
  void poolingIsTheFoldersOwn() throws IOException {
    TinyBert.edit(
        folder.resolve("modules.json"),
        """
        ,
          {
            "idx": 2,
            "name": "2",
            "path": "2_Normalize",
            "type": "sentence_transformers.models.Normalize"
          }\
        """,
        "");
    assertVectors("mean");
    Path pooling = folder.resolve("1_Pooling/config.json");
    TinyBert.edit(
        pooling, "\"pooling_mode_mean_tokens\": true", "\"pooling_mode_mean_tokens\": false");
    TinyBert.edit(pooling, "\"pooling_mode_cls_token\": false", "\"pooling_mode_cls_token\": true");
    assertVectors("cls");
  }

  @Test
  void aPlainBertIsServedByItsMean() throws IOException {
    Files.delete(folder.resolve("modules.json"));
    assertVectors("mean");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu_new", "gelu_pytorch_tanh", "relu", "silu"})
  void activationIsTheFoldersOwn(String activation) throws IOException {
    TinyBert.edit(folder.resolve("config.json"), "\"gelu\"", '"' + activation + '"');
    assertVectors(activation);
  }

  @Test
  void weightsMayHaveAPrefixAndOlderNames() throws IOException {
    TinyBert.edit(folder.resolve("config.json"), "BertModel", "BertForMaskedLM");
    TinyBert.editHeader(
        folder,
        header ->
            header
                .replace("\"embeddings.", "\"bert.embeddings.")
                .replace("\"encoder.", "\"bert.encoder.")
                .replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta"));
    assertVectors("mean_normalised");
  }

  @ParameterizedTest
  @MethodSource("right")
  void everyPrecisionIsNearTheReference(Precision precision) throws IOException {
    List<float[]> vectors = embed(new PrecisionSetting.Named(precision));
    JsonNode expected = TinyBert.reference().path("vectors").path("mean_normalised");
    double least =
        switch (precision) {
          case F32, F32_PACKED -> 0.9999999;
          case FP16_PACKED -> 0.99999;
          case BF16, BF16_PACKED, INT8 -> 0.999;
        };
    for (int i = 0; i < vectors.size(); i++) {
      double cosine = cosine(TinyBert.floats(expected.get(i)), vectors.get(i));
      assertTrue(cosine >= least, precision + ", text " + i + ": cosine " + cosine);
    }
  }

  @ParameterizedTest
  @MethodSource("independent")
  void whoSharesTheBatchChangesNoVector(Precision precision) {
    var random = new Random(7);
    List<int[]> texts =
        Stream.of(3, 64, 7, 7, 1, 30, 64, 2, 7, 63, 31)
            .map(length -> random.ints(length, 0, 190).toArray())
            .toList();
    try (EncoderModel model = load(new PrecisionSetting.Named(precision))) {
      List<float[]> together = model.encoder().embed(texts);
      for (int i = 0; i < texts.size(); i++) {
        float[] alone = model.encoder().embed(List.of(texts.get(i))).getFirst();
        assertArrayEquals(alone, together.get(i), 1e-5f, precision + ", text " + i);
      }
    }
  }

  @Test
  void refusesTokensThatTheModelDoesNotHave() {
    try (EncoderModel model = load(PrecisionSetting.AUTO)) {
      assertWrong(model, "token: 192 (expected: 0 to 191)", 5, 192);
      assertWrong(model, "token: -1 (expected: 0 to 191)", -1);
      assertWrong(model, "text: 0 tokens (expected: 1 to 80)");
      assertWrong(model, "text: 81 tokens (expected: 1 to 80)", new int[81]);
    }
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files =
          walk.filter(Files::isRegularFile)
              .filter(
                  file -> !file.endsWith("vocab.txt") && !file.endsWith("special_tokens_map.json"))
              .filter(file -> !file.endsWith("tokenizer_config.json"))
              .toList();
    }
    assertEquals(7, files.size());
    for (Path file : files) {
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      var failure =
          assertThrows(InvalidModelException.class, () -> load(PrecisionSetting.AUTO).close());
      assertTrue(failure.getMessage().startsWith(file + ": "), failure.getMessage());
      Files.write(file, whole);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          encoder.layer.1.output.dense.bias      | encoder.layer.1.output.dense.bits | encoder.layer.1.output.dense.bias: missing (expected: a tensor of shape [32])
          "shape":[80,32]                        | "shape":[32,80]                   | embeddings.position_embeddings.weight: shape [32, 80] (expected: shape [80, 32])
          """)
  void refusesWrongWeights(String found, String replacement, String message) throws IOException {
    TinyBert.editHeader(folder, header -> header.replace(found, replacement));
    var failure =
        assertThrows(InvalidModelException.class, () -> load(PrecisionSetting.AUTO).close());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }

  private void assertVectors(String variant) throws IOException {
    List<float[]> vectors = embed(PrecisionSetting.AUTO);
    JsonNode expected = TinyBert.reference().path("vectors").path(variant);
    assertEquals(expected.size(), vectors.size());
    for (int i = 0; i < vectors.size(); i++) {
      assertNear(TinyBert.floats(expected.get(i)), vectors.get(i), ERROR, variant + ", text " + i);
    }
  }

  private List<float[]> embed(PrecisionSetting precision) throws IOException {
    List<String> texts = TinyBert.strings(TinyBert.reference().path("texts"));
    try (EncoderModel model = load(precision)) {
      return model.encoder().embed(texts.stream().map(model.tokenizer()::encode).toList());
    }
  }

  private EncoderModel load(PrecisionSetting precision) {
    return EncoderModel.load(folder, precision, 2, MACHINE);
  }

  private static void assertWrong(EncoderModel model, String message, int... text) {
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> model.encoder().embed(List.of(new int[] {1}, text)));
    assertEquals(message, failure.getMessage());
  }
}
