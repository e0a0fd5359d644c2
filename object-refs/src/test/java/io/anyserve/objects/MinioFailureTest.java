package io.anyserve.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.objects.ObjectStoreException.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MinioFailureTest {

  @ParameterizedTest
  @CsvSource({
    "NoSuchKey, 404, NOT_FOUND",
    "NoSuchBucket, 404, UNAVAILABLE",
    "AccessDenied, 403, ACCESS_DENIED",
    "EntityTooLarge, 413, TOO_LARGE",
    "InvalidArgument, 400, INVALID",
    "SlowDown, 503, UNAVAILABLE",
    "BadDigest, 400, UNAVAILABLE",
    "XAmzContentSHA256Mismatch, 400, UNAVAILABLE",
    "IncompleteBody, 400, UNAVAILABLE"
  })
  void tellsWhoseFaultItIs(String code, int status, Kind kind) {
    assertEquals(kind, MinioFailure.kind(code, status));
  }
}
