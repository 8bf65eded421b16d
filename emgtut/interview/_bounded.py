"""A bound in time around code that may never end."""

import ctypes
import signal
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any


class TooLong(BaseException):
    """The call took longer than it was given.

    Not an ``Exception``, so that ``except Exception`` in the code that is called lets it through.
    """


def bounded(call: Callable[[], Any], seconds: float) -> Any:
    """Return what ``call`` returns, or raise `TooLong` after some seconds.

    In the main thread an alarm interrupts the call. Elsewhere, and where there is no alarm (on
    Windows), the call runs in a thread of its own, which is told to end. Neither reaches into one
    single long call of compiled code, or code that swallows every exception.
    """
    main = threading.current_thread() is threading.main_thread()
    if main and hasattr(signal, "setitimer"):
        return _by_alarm(call, seconds)
    return _by_thread(call, seconds)


def _by_alarm(call: Callable[[], Any], seconds: float) -> Any:
    def ring(*_: Any) -> None:
        raise TooLong

    begun = monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    pending, interval = signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3))
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if pending:  # somebody else's alarm, such as that of a test runner
            rest = max(pending - (monotonic() - begun), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, rest, interval)


def _by_thread(call: Callable[[], Any], seconds: float) -> Any:
    returned: list[Any] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            returned.append(call())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work, daemon=True, name="emgtut-interview")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        ident = ctypes.c_ulong(thread.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(TooLong))
        thread.join(0.5)
        raise TooLong
    if raised:
        raise raised[0]
    return returned[0]
