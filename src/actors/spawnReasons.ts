/** What the system means where it starts no process, though there is a program: for people, by its codes. */
export const NO_MORE: Readonly<Record<string, string>> = {
  EAGAIN: 'the limit of processes is reached (ulimit -u)',
  EMFILE: 'the limit of open files is reached (ulimit -n)',
  ENFILE: 'the machine’s limit of open files is reached (fs.file-max)',
  ENOMEM: 'the system has no memory left for another process',
}
