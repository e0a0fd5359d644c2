package io.anyserve.ingress.reply;

/** Effects that nobody looks at. */
public final class TestEffects {

  private TestEffects() {}

  public static Effects none() {
    return new Effects((request, reason) -> {}, request -> {}, reply -> {});
  }
}
