package io.anyserve.worker.answer;

import io.anyserve.grammar.OutputGrammar;

/** What an answer with tools keeps to. Equal ones compile to the same. */
public sealed interface AnswerGrammar permits CallGrammar, StrictCallGrammar {

  /** Throws FailureException, INVALID_REQUEST, where a tool's schema cannot be kept to. */
  OutputGrammar compile();
}
