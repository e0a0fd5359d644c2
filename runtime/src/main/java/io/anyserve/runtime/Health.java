package io.anyserve.runtime;

/** Whether a component does its work now, and if not, why not. */
public sealed interface Health {

  Health UP = new Up();

  record Up() implements Health {}

  record Down(String part, String why) implements Health {}
}
