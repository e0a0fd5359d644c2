package io.anyserve.jinja;

/** Something that can be called: a global, a method of a value, or a macro. */
@FunctionalInterface
non-sealed interface Function extends Value {

  Value call(Arguments arguments);
}
