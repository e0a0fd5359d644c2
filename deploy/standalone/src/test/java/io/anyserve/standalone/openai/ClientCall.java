package io.anyserve.standalone.openai;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * Something that a client of the OpenAI API must be able to do, by the name that it has for all
 * clients.
 */
record ClientCall(String name, Executable call) {

  DynamicTest test() {
    return DynamicTest.dynamicTest(name, call);
  }
}
