package io.anyserve.jinja.value;

/** Something that can be called: a global, a method of a value, or a macro. */
@FunctionalInterface
public non-sealed interface Function extends Value {

  Value call(Arguments arguments);
}
