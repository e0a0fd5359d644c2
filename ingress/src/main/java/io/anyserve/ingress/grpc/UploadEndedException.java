package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import java.io.IOException;

/** The rest of an upload will not come. */
final class UploadEndedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  UploadEndedException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  /** What to answer to the upload. */
  Failure failure() {
    return failure;
  }
}
