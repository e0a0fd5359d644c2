package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The disk under the broker's data, and how it gets full. */
sealed interface BrokerDisk {

  /** For people. */
  String how();

  /** From now on nothing more fits. */
  void fill(ServiceProcess broker) throws IOException;

  /** There is room again. */
  void free() throws IOException;

  /** A volume of its own where the system lets us, else a limit on the size of files. */
  static BrokerDisk at(Path folder) throws IOException {
    Files.createDirectories(folder);
    try {
      SystemCommands.run(
          List.of("mount", "-t", "tmpfs", "-o", "size=" + Volume.ROOM, "tmpfs", folder.toString()));
      return new Volume(folder);
    } catch (IOException notAllowed) {
      return new FileLimit();
    }
  }

  /** Gives the volume back. */
  default void release() throws IOException {}

  /**
   * A tmpfs whose size is set to what is used. It takes memory for its content alone; compaction of
   * a topic needs as much again for a while.
   *
   * @param folder where it is mounted
   */
  record Volume(Path folder) implements BrokerDisk {

    static final String ROOM = "8g";
    private static final long SPARE_BYTES = 64 << 10;
    private static final long MOST_SPARE_BYTES = 4 << 20;

    @Override
    public String how() {
      return "a tmpfs that is made as small as its content";
    }

    /** The broker writes on while its disk is measured: some tries leave a little more room. */
    @Override
    public void fill(ServiceProcess broker) throws IOException {
      for (long spare = SPARE_BYTES; ; spare *= 2) {
        FileStore store = Files.getFileStore(folder);
        long used = store.getTotalSpace() - store.getUsableSpace();
        try {
          resize(Long.toString(used + spare));
          return;
        } catch (IOException tooSmall) {
          if (spare > MOST_SPARE_BYTES) {
            throw tooSmall;
          }
        }
      }
    }

    @Override
    public void free() throws IOException {
      resize(ROOM);
    }

    private void resize(String size) throws IOException {
      SystemCommands.run(List.of("mount", "-o", "remount,size=" + size, folder.toString()));
    }

    @Override
    public void release() throws IOException {
      SystemCommands.run(List.of("umount", "-l", folder.toString()));
    }
  }

  /** No file of the broker's process may grow; ends with the process. */
  record FileLimit() implements BrokerDisk {

    @Override
    public String how() {
      return "a limit on the size of files";
    }

    @Override
    public void fill(ServiceProcess broker) throws IOException {
      SystemCommands.run(List.of("prlimit", "--pid", Long.toString(broker.pid()), "--fsize=1:"));
    }

    @Override
    public void free() {}
  }
}
