package io.anyserve.contracts.codec;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Optional;

/** Vectors as payloads. The bytes of several, one after the other, are those of one. */
public final class EmbeddingsCodec {

  public static final String CONTENT_TYPE = "application/vnd.anyserve.embeddings";

  private EmbeddingsCodec() {}

  public static Payload.Bytes write(Embeddings embeddings) {
    var message = io.anyserve.v1.Embeddings.newBuilder().setDimensions(embeddings.dimensions());
    embeddings.vectors().forEach(vector -> message.addVectors(vector.bytes()));
    return new Payload.Bytes(message.build().toByteString(), CONTENT_TYPE);
  }

  /** Throws IllegalArgumentException or {@link MalformedRecordException} naming what is wrong. */
  public static Embeddings read(Payload payload) {
    return ProtobufParser.read(
        "embeddings",
        TypedData.require("output", payload, CONTENT_TYPE).toByteArray(),
        io.anyserve.v1.Embeddings.parser(),
        EmbeddingsCodec::read);
  }

  /** The vectors so far and those that follow them; what is no vectors replaces what was before. */
  public static Payload joined(Optional<Payload> before, Payload next) {
    return before.orElse(null) instanceof Payload.Bytes(var earlier, String type)
            && next instanceof Payload.Bytes(var later, String laterType)
            && type.equals(CONTENT_TYPE)
            && laterType.equals(CONTENT_TYPE)
        ? new Payload.Bytes(earlier.concat(later), CONTENT_TYPE)
        : next;
  }

  private static Embeddings read(io.anyserve.v1.Embeddings message) {
    Embeddings read =
        new Embeddings(message.getVectorsList().stream().map(Embedding::new).toList());
    Preconditions.that(
        read.dimensions() == message.getDimensions(),
        "dimensions",
        read.dimensions(),
        "" + message.getDimensions());
    return read;
  }
}
