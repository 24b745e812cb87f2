"""What is called while a model trains."""

from keras_core.training.callbacks.backup_and_restore import BackupAndRestore
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.callback_list import CallbackList
from keras_core.training.callbacks.csv_logger import CSVLogger
from keras_core.training.callbacks.early_stopping import EarlyStopping
from keras_core.training.callbacks.history import History
from keras_core.training.callbacks.lambda_callback import LambdaCallback
from keras_core.training.callbacks.learning_rate import LearningRateScheduler, ReduceLROnPlateau
from keras_core.training.callbacks.model_checkpoint import ModelCheckpoint
from keras_core.training.callbacks.orbax_checkpoint import OrbaxCheckpoint
from keras_core.training.callbacks.progbar_logger import ProgbarLogger
from keras_core.training.callbacks.remote_monitor import RemoteMonitor
from keras_core.training.callbacks.swap_ema_weights import SwapEMAWeights
from keras_core.training.callbacks.tensorboard import TensorBoard
from keras_core.training.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "OrbaxCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
