package io.anyserve.cli.doctor;

import java.util.List;

/** Looks at one thing and says what it found. */
public interface Check {

  /** The heading under which its findings stand. */
  String name();

  List<Advice> findings() throws InterruptedException;
}
