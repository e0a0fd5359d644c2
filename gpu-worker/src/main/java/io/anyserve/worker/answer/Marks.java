package io.anyserve.worker.answer;

/** The marks of the formats. */
final class Marks {

  static final String TOOL_CALL = "<tool_call>";
  static final String TOOL_CALL_END = "</tool_call>";
  static final String FUNCTION = "<function=";
  static final String FUNCTION_END = "</function>";
  static final String PARAMETER = "<parameter=";
  static final String PARAMETER_END = "</parameter>";
  static final String PYTHON_TAG = "<|python_tag|>";
  static final String TOOL_CALLS = "[TOOL_CALLS]";
  static final String CALL_ID = "[CALL_ID]";
  static final String ARGS = "[ARGS]";

  private Marks() {}
}
