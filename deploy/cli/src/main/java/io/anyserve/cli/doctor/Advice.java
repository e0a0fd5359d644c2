package io.anyserve.cli.doctor;

/** What a check found, in one line, and what to do about it. */
public sealed interface Advice {

  String text();

  /** AnyServe runs with it. */
  record Ok(String text) implements Advice {}

  /** AnyServe runs, but perhaps slower or in another way than expected. */
  record Note(String text, String advice) implements Advice {}

  /** AnyServe does not run until the advice is followed. */
  record Problem(String text, String advice) implements Advice {}
}
