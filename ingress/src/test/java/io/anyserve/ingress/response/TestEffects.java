package io.anyserve.ingress.response;

/** Effects that nobody looks at. */
public final class TestEffects {

  private TestEffects() {}

  public static StreamCallbacks none() {
    return new StreamCallbacks((request, reason) -> {}, request -> {}, stream -> {});
  }
}
