package io.anyserve.ingress.grpc;

import java.io.IOException;

/** The rest of an upload will not come. */
final class UploadEndedException extends IOException {

  private static final long serialVersionUID = 1L;

  UploadEndedException(String message) {
    super(message);
  }
}
