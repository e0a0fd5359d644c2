package io.anyserve.contracts.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EmbeddingsCodecTest {

  private static final Embedding SMALL = Embedding.of(1f, -0.5f);
  private static final Embedding OTHER = Embedding.of(0f, Float.MIN_VALUE);

  @Test
  void inputsTravel() {
    var inputs =
        new EmbeddingInputs(
            List.of(
                new OfText("the river"), new OfTokens(TokenIds.of(0, 70_000)), new OfText(" ")));
    Payload.Bytes written = EmbeddingInputsCodec.write(inputs);
    assertEquals("application/vnd.anyserve.embedding-inputs", written.contentType());
    assertEquals(inputs, EmbeddingInputsCodec.read(written));
    var ranked = new EmbeddingInputs(inputs.inputs(), true);
    assertEquals(ranked, EmbeddingInputsCodec.read(EmbeddingInputsCodec.write(ranked)));
  }

  @Test
  void thereAreOneTo2048Inputs() {
    List<EmbeddingInput> most = Collections.nCopies(2_048, new OfText("x"));
    assertEquals(
        2_048,
        EmbeddingInputsCodec.read(EmbeddingInputsCodec.write(new EmbeddingInputs(most)))
            .inputs()
            .size());
    assertEquals(
        "inputs: 2049 (expected: 1 to 2048)",
        assertThrows(
                IllegalArgumentException.class,
                () -> new EmbeddingInputs(Collections.nCopies(2_049, new OfText("x"))))
            .getMessage());
    assertEquals("embedding inputs: inputs: 0 (expected: 1 to 2048)", refusal(inputs().build()));
  }

  @Test
  void inputsThatSayNothingAreRefused() {
    assertEquals(
        "embedding inputs: input: an empty text (expected: at least one character)",
        refusal(inputs().addInputs(input().setText("")).build()));
    assertEquals(
        "embedding inputs: input: no token ids (expected: at least one)",
        refusal(
            inputs()
                .addInputs(input().setTokens(io.anyserve.v1.TokenIdList.getDefaultInstance()))
                .build()));
    assertEquals(
        "embedding inputs: input: not set (expected: one of its kinds)",
        refusal(inputs().addInputs(input()).build()));
    assertEquals(
        "input: text (expected: data of the type application/vnd.anyserve.embedding-inputs)",
        assertThrows(
                IllegalArgumentException.class,
                () -> EmbeddingInputsCodec.read(new Payload.Text("x")))
            .getMessage());
  }

  private static io.anyserve.v1.EmbeddingInputs.Builder inputs() {
    return io.anyserve.v1.EmbeddingInputs.newBuilder();
  }

  private static io.anyserve.v1.EmbeddingInput.Builder input() {
    return io.anyserve.v1.EmbeddingInput.newBuilder();
  }

  /** A message without a field has no bytes, which a payload of a request has: one is unknown. */
  private static String refusal(io.anyserve.v1.EmbeddingInputs message) {
    ByteString unknownField = ByteString.copyFrom(new byte[] {0x78, 1});
    var payload =
        new Payload.Bytes(
            message.toByteString().concat(unknownField), EmbeddingInputsCodec.CONTENT_TYPE);
    return String.valueOf(
        assertThrows(MalformedRecordException.class, () -> EmbeddingInputsCodec.read(payload))
            .getMessage());
  }

  @Test
  void vectorsTravelAsLittleEndianNumbers() {
    Payload.Bytes written = EmbeddingsCodec.write(new Embeddings(List.of(SMALL, OTHER)));
    assertEquals("application/vnd.anyserve.embeddings", written.contentType());
    assertArrayEquals(
        new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xbf}, SMALL.bytes().toByteArray());
    Embeddings read = EmbeddingsCodec.read(written);
    assertEquals(2, read.dimensions());
    assertArrayEquals(new float[] {1f, -0.5f}, read.vectors().getFirst().toArray());
    assertArrayEquals(new float[] {0f, Float.MIN_VALUE}, read.vectors().getLast().toArray());
  }

  @Test
  void vectorsThatFollowEachOtherAreOneList() {
    Payload first = EmbeddingsCodec.write(new Embeddings(List.of(SMALL)));
    Payload second = EmbeddingsCodec.write(new Embeddings(List.of(OTHER, SMALL)));
    Payload joined = EmbeddingsCodec.joined(Optional.of(first), second);
    assertEquals(List.of(SMALL, OTHER, SMALL), EmbeddingsCodec.read(joined).vectors());
    assertEquals(first, EmbeddingsCodec.joined(Optional.empty(), first));
    assertEquals(
        new Payload.Text("x"), EmbeddingsCodec.joined(Optional.of(first), new Payload.Text("x")));
  }

  @Test
  void vectorsOfDifferentLengthsAreRefused() {
    var mixed = List.of(SMALL, Embedding.of(1f));
    assertEquals(
        "dimensions: 1 (expected: 2)",
        assertThrows(IllegalArgumentException.class, () -> new Embeddings(mixed)).getMessage());
    var wrong =
        io.anyserve.v1.Embeddings.newBuilder().setDimensions(3).addVectors(SMALL.bytes()).build();
    assertEquals(
        "embeddings: dimensions: 2 (expected: 3)",
        assertThrows(
                MalformedRecordException.class,
                () ->
                    EmbeddingsCodec.read(
                        new Payload.Bytes(wrong.toByteString(), EmbeddingsCodec.CONTENT_TYPE)))
            .getMessage());
    assertEquals(
        "vector: 5 bytes (expected: a positive multiple of 4)",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Embedding(ByteString.copyFrom(new byte[5])))
            .getMessage());
  }

  @Test
  void chunksHaveAsManyVectorsAsFit() {
    assertEquals(21, Embeddings.perChunk(384));
    assertEquals(2, Embeddings.perChunk(4_096));
    assertEquals(1, Embeddings.perChunk(Embeddings.MOST_DIMENSIONS));
    assertEquals(1, Embeddings.perChunk(6_000));
  }
}
