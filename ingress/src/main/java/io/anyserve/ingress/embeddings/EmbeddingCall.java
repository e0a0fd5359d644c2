package io.anyserve.ingress.embeddings;

import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.v1.Inference;
import java.util.OptionalInt;

/**
 * A call for the vectors of texts.
 *
 * @param model as asked for
 * @param inputs texts
 * @param dimensions as asked for
 */
public record EmbeddingCall(
    String model, Inference request, int inputs, Encoding encoding, OptionalInt dimensions) {

  /** How vectors are written. */
  public enum Encoding {
    /** As an array of numbers. */
    FLOAT,
    /** As 32-bit floating-point numbers, little-endian, in base64. */
    BASE64
  }

  /** Throws {@link ApiException} where the model has another number than the client asks for. */
  public void requireDimensions(int own) {
    if (dimensions.isPresent() && dimensions.getAsInt() != own) {
      throw BodyFields.invalid(
          "dimensions",
          "dimensions: %d (expected: %d, those of %s, or none)"
              .formatted(dimensions.getAsInt(), own, model));
    }
  }
}
