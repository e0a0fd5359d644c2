package io.anyserve.objects;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why an object could not be stored or fetched; the message is fit for the caller. */
public final class ObjectStoreException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** No such object, or none that this tenant may know of. */
    NOT_FOUND(FailureCode.OBJECT_NOT_FOUND),
    /** The store refuses this process: its keys or its permissions are wrong. */
    ACCESS_DENIED(FailureCode.INTERNAL),
    /** The bytes are not those that the reference names. */
    CORRUPT(FailureCode.OBJECT_CORRUPT),
    /** The store does not answer, or answers that it cannot now. */
    UNAVAILABLE(FailureCode.STORE_UNAVAILABLE),
    /** More bytes than are allowed here. */
    TOO_LARGE(FailureCode.TOO_LARGE),
    /** An argument that no store would take, or an upload that breaks its own promise. */
    INVALID(FailureCode.INVALID_REQUEST);

    private final FailureCode code;

    Kind(FailureCode code) {
      this.code = code;
    }

    public FailureCode code() {
      return code;
    }
  }

  private final Kind kind;

  ObjectStoreException(Kind kind, String message) {
    this(kind, message, null);
  }

  ObjectStoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** What to answer to the request that needed the object. */
  public Failure failure() {
    return new Failure(kind.code(), String.valueOf(getMessage()));
  }
}
