"""Run all benchmarks, one after the other."""

from benchmarks import fanout, idle, memory, nodes, settle


def main() -> None:
    for benchmark in (settle, fanout, idle, memory, nodes):
        print(f"\n{benchmark.__doc__}\n", flush=True)
        benchmark.main()


if __name__ == "__main__":
    main()
