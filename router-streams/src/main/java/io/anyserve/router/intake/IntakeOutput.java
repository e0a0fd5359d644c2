package io.anyserve.router.intake;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenRecord;
import org.jspecify.annotations.Nullable;

/** A value that the intake writes, and what its topic and partition depend on. */
sealed interface IntakeOutput {

  byte @Nullable [] bytes();

  /** A request for {@code requests.<capability>}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Routed(Capability capability, InferenceRequest request, byte[] bytes)
      implements IntakeOutput {

    /**
     * @param cause the record that the request was read from
     */
    static Routed of(Capability capability, InferenceRequest request, IntakeRecord cause) {
      byte[] received = cause.value();
      return new Routed(
          capability,
          request,
          received == null || IntakeParser.isJson(cause, received)
              ? RequestCodec.encode(request)
              : RequestCodec.encode(request, received));
    }
  }

  /**
   * What the router itself says to a caller: the only event of a request that goes nowhere, or that
   * an idempotency key was used before.
   *
   * @param partition of the topic {@code tokens}
   */
  record Rejection(int partition, TokenRecord event) implements IntakeOutput {

    @Override
    public byte[] bytes() {
      return TokenCodec.encode(event);
    }
  }

  /**
   * A record of {@code intake} as it came, on its way to the partition of its id.
   *
   * @param partition of the topic {@code intake}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Moved(int partition, byte @Nullable [] bytes) implements IntakeOutput {}

  /** A result that no event leads to. */
  record DirectResult(RequestResult result) implements IntakeOutput {

    @Override
    public byte[] bytes() {
      return UsageCodec.encode(result);
    }
  }

  /** The value of a dead letter, as it was. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record DeadLetterValue(byte @Nullable [] bytes) implements IntakeOutput {}
}
