(* Affine maps of R^d carry normal densities to normal densities, with |det|; the exact flow of a Gaussian target is one. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian SymmetricMatrices MatrixDerivatives FullGaussian Eigenbasis
  Determinants ContinuityEquation AffinePaths PosteriorMoments FullCovariance GaussianFlow FullGaussianFlow.
Open Scope R_scope.

(* A^-1 y is the g with A g = y. *)
Lemma solution_by_inverse d A g y : symmetric A -> positive d A -> (forall i, (i < d)%nat -> apply_matrix d A g i = y i) ->
  forall i, (i < d)%nat -> apply_matrix d (inverse d A) y i = g i.
Proof.
  intros S P H i Hi. unfold apply_matrix at 1.
  rewrite (sumn_ext d _ (fun j => sumn d (fun k => inverse d A i j * A j k * g k))).
  - rewrite sumn_swap, <- (sumn_kronecker d i g Hi). apply sumn_ext. intros k Hk. rewrite <- (inverse_left d A S P i k Hi Hk).
    unfold product. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
  - intros j Hj. rewrite <- H by exact Hj. unfold apply_matrix. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Section Affine.
Variables (d : nat) (M K C : mat).
Hypothesis left_inverse : forall i j, (i < d)%nat -> (j < d)%nat -> product d K M i j = kronecker i j.
Hypothesis right_inverse : forall i j, (i < d)%nat -> (j < d)%nat -> product d M K i j = kronecker i j.
Hypothesis C_symmetric : symmetric C.
Hypothesis C_positive : positive d C.

(* M C M^T *)
Definition carried_covariance : mat := product d M (product d C (fun i j => M j i)).
Let back (x : vec) : vec := fun k => sumn d (fun i => M i k * x i).

Lemma carried_apply g i : apply_matrix d carried_covariance g i = apply_matrix d M (apply_matrix d C (back g)) i.
Proof.
  unfold apply_matrix, carried_covariance, product, back.
  rewrite (sumn_ext d _ (fun j => sumn d (fun k => M i k * (sumn d (fun l => C k l * M j l) * g j)))).
  - rewrite sumn_swap. apply sumn_ext. intros k _. rewrite sumn_scal. f_equal.
    rewrite (sumn_ext d _ (fun j => sumn d (fun l => C k l * (M j l * g j)))).
    + rewrite sumn_swap. apply sumn_ext. intros l _. now rewrite sumn_scal.
    + intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
  - intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma carried_symmetric : symmetric carried_covariance.
Proof.
  intros i j. unfold carried_covariance, product.
  rewrite (sumn_ext d (fun k => M i k * _) (fun k => sumn d (fun l => M i k * (C k l * M j l)))) by (intros; now rewrite sumn_scal).
  rewrite sumn_swap. apply sumn_ext. intros l _. rewrite <- sumn_scal. apply sumn_ext. intros k _. rewrite (C_symmetric k l). ring.
Qed.

Lemma carried_quadratic x : quadratic d carried_covariance x = quadratic d C (back x).
Proof.
  unfold quadratic at 1. rewrite (sumn_ext d _ (fun i => sumn d (fun k => apply_matrix d C (back x) k * (M i k * x i)))).
  - rewrite sumn_swap. unfold quadratic. apply sumn_ext. intros k _. rewrite sumn_scal. unfold back at 2. ring.
  - intros i _. rewrite carried_apply. unfold apply_matrix at 1. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma carried_positive : positive d carried_covariance.
Proof.
  intros x (i & Hi & Hx). rewrite carried_quadratic. apply C_positive.
  destruct (some_or_none (fun k => back x k <> 0) d) as [H|Z]; [exact H|]. exfalso. apply Hx.
  assert (E : x i = sumn d (fun k => K k i * back x k)).
  { rewrite <- (sumn_kronecker d i x Hi). unfold back.
    rewrite (sumn_ext d (fun k => K k i * _) (fun k => sumn d (fun j => K k i * M j k * x j))).
    - rewrite sumn_swap. apply sumn_ext. intros j Hj. rewrite kronecker_sym, <- (right_inverse j i Hj Hi). unfold product.
      rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
    - intros k _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
  rewrite E, (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|]. intros k Hk.
  destruct (Req_dec (back x k) 0) as [H|H]; [rewrite H; ring|]. now apply Z in Hk.
Qed.

Lemma carried_inverse_quadratic z : quadratic d (inverse d carried_covariance) (apply_matrix d M z) = quadratic d (inverse d C) z.
Proof.
  set (h := apply_matrix d (inverse d C) z). set (g := fun j => sumn d (fun k => K k j * h k)).
  assert (Bg : forall l, (l < d)%nat -> back g l = h l).
  { intros l Hl. unfold back, g. rewrite <- (sumn_kronecker d l h Hl).
    rewrite (sumn_ext d _ (fun i => sumn d (fun k => K k i * M i l * h k))).
    - rewrite sumn_swap. apply sumn_ext. intros k Hk. rewrite kronecker_sym, <- (left_inverse k l Hk Hl). unfold product.
      rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
    - intros i _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
  assert (Ch : forall k, (k < d)%nat -> apply_matrix d C (back g) k = z k).
  { intros k Hk. unfold apply_matrix. rewrite (sumn_ext d _ (fun l => C k l * h l)) by (intros l Hl; now rewrite Bg).
    unfold h, apply_matrix. rewrite <- (sumn_kronecker d k z Hk).
    rewrite (sumn_ext d _ (fun l => sumn d (fun j => C k l * inverse d C l j * z j))).
    - rewrite sumn_swap. apply sumn_ext. intros j Hj. rewrite <- (inverse_right d C C_symmetric C_positive k j Hk Hj). unfold product.
      rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
    - intros l _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
  unfold quadratic at 1. rewrite (sumn_ext d _ (fun i => sumn d (fun k => h k * (K k i * apply_matrix d M z i)))).
  - rewrite sumn_swap. unfold quadratic. apply sumn_ext. intros k Hk. rewrite sumn_scal. fold h.
    assert (E : sumn d (fun i => K k i * apply_matrix d M z i) = z k).
    { rewrite <- (sumn_kronecker d k z Hk). unfold apply_matrix.
      rewrite (sumn_ext d _ (fun i => sumn d (fun j => K k i * M i j * z j))).
      - rewrite sumn_swap. apply sumn_ext. intros j Hj. rewrite <- (left_inverse k j Hk Hj). unfold product.
        rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
      - intros i _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
    rewrite E. ring.
  - intros i Hi. rewrite (solution_by_inverse d carried_covariance g (apply_matrix d M z) carried_symmetric carried_positive); [| |exact Hi].
    + unfold g. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
    + intros j _. rewrite carried_apply. unfold apply_matrix at 1 3. apply sumn_ext. intros k Hk. now rewrite Ch.
Qed.

(* N(M x + c; M m + c, M C M^T) |det M| = N(x; m, C), for every invertible M. *)
Theorem affine_map_pushes_normal m c x :
  full_gauss d (fun i => apply_matrix d M m i + c i) carried_covariance (fun i => apply_matrix d M x i + c i) * Rabs (determinant d M)
  = full_gauss d m C x.
Proof.
  destruct (determinant_by_elimination d C C_symmetric C_positive) as (P & L).
  destruct (determinant_by_elimination d _ carried_symmetric carried_positive) as (_ & L').
  destruct (volume_is_the_determinant d M K left_inverse) as (N & _). assert (D := Rabs_pos_lt _ N).
  assert (E : determinant d carried_covariance = determinant d C * (Rabs (determinant d M) * Rabs (determinant d M))).
  { unfold carried_covariance. rewrite !determinant_of_a_product, determinant_of_the_transpose, <- Rabs_mult, Rabs_right; [ring|].
    apply Rle_ge, Rle_0_sqr. }
  unfold full_gauss. rewrite L', E, ln_mult, ln_mult, <- L by (try apply Rmult_lt_0_compat; easy).
  replace (quadratic d (inverse d carried_covariance) (fun i => apply_matrix d M x i + c i - (apply_matrix d M m i + c i)))
    with (quadratic d (inverse d carried_covariance) (apply_matrix d M (fun i => x i - m i))).
  2:{ apply quadratic_ext. intros i _. unfold apply_matrix. transitivity (sumn d (fun j => M i j * x j) - sumn d (fun j => M i j * m j)); [|ring].
      rewrite <- sumn_minus. apply sumn_ext. intros; ring. }
  rewrite carried_inverse_quadratic. set (q := quadratic d (inverse d C) _). set (v := Rabs (determinant d M)) in *.
  replace (- q / 2 - (log_determinant d C + (ln v + ln v)) / 2) with ((- q / 2 - log_determinant d C / 2) + - ln v) by field.
  rewrite exp_plus, exp_Ropp, exp_ln by easy. assert (S := pow_nonzero _ d (Rgt_not_eq _ _ sqrt2pi_pos)). field. split; [exact S|lra].
Qed.
End Affine.

Section Flow.
Variable p : path.
Variables (d : nat) (m s : vec) (Q : mat) (t0 t : R).             (* S = Q diag(s^2) Q^T *)
Hypothesis columns : forall a b, (a < d)%nat -> (b < d)%nat -> sumn d (fun i => Q i a * Q i b) = kronecker a b.
Hypothesis rows : forall i j, (i < d)%nat -> (j < d)%nat -> sumn d (fun a => Q i a * Q j a) = kronecker i j.
Hypothesis H0 : regular p t0.
Hypothesis Ht : regular p t.
Let covariance r := rotated d Q (target_variance p s r).

(* The exact flow of a Gaussian target: p_t(phi(x)) prod_a sqrt(V_t/V_t0) = p_t0(x). *)
Theorem full_gaussian_flow_pushes_density x :
  full_gauss d (fun i => alpha p t * m i) (covariance t) (full_gaussian_flow p d m s Q t0 t x)
    * prodn d (fun a => sqrt (target_variance p s t a / target_variance p s t0 a))
  = full_gauss d (fun i => alpha p t0 * m i) (covariance t0) x.
Proof.
  assert (V0 : forall a, 0 < target_variance p s t0 a) by (intros a; exact (component_variance_pos p (fun _ => s) t0 H0 0 a)).
  assert (V : forall a, 0 < target_variance p s t a) by (intros a; exact (component_variance_pos p (fun _ => s) t Ht 0 a)).
  set (f := fun a => sqrt (target_variance p s t a / target_variance p s t0 a)).
  assert (F : forall a, 0 < f a) by (intros a; apply sqrt_lt_R0, Rdiv_lt_0_compat; auto).
  assert (FF : forall a, f a * f a = target_variance p s t a / target_variance p s t0 a)
    by (intros a; apply sqrt_sqrt, Rlt_le, Rdiv_lt_0_compat; auto).
  set (M := rotated d Q f). set (K := rotated d Q (fun a => / f a)).
  assert (one : forall g : vec, (forall a, g a = 1) -> forall i j, (i < d)%nat -> (j < d)%nat -> rotated d Q g i j = kronecker i j).
  { intros g G i j Hi Hj. rewrite <- (rows i j Hi Hj). apply sumn_ext. intros a _. rewrite G. ring. }
  assert (L : forall i j, (i < d)%nat -> (j < d)%nat -> product d K M i j = kronecker i j).
  { intros i j Hi Hj. unfold K, M. rewrite (rotated_product d Q columns). apply one; auto. intros a. assert (G := F a). field. lra. }
  assert (R_ : forall i j, (i < d)%nat -> (j < d)%nat -> product d M K i j = kronecker i j).
  { intros i j Hi Hj. unfold K, M. rewrite (rotated_product d Q columns). apply one; auto. intros a. assert (G := F a). field. lra. }
  assert (D : determinant d M = prodn d f).
  { destruct (determinant_by_elimination d M (rotated_symmetric d Q f) (rotated_positive d Q rows f (fun a _ => F a))) as (P & E).
    change (log_determinant d M) with (log_determinant d (rotated d Q f)) in E.
    rewrite (eigenbasis_log_determinant d Q columns rows f (fun a _ => F a)) in E.
    assert (Q0 : 0 < prodn d f) by (apply prodn_pos; auto).
    assert (E2 : sumn d (fun a => ln (f a)) = ln (prodn d f)).
    { clear - F. induction d as [|n IH]; simpl; [now rewrite ln_1|]. rewrite IH, ln_mult; [ring|apply prodn_pos; auto|auto]. }
    rewrite E2 in E. symmetry in E. now apply ln_inv in E. }
  rewrite <- (affine_map_pushes_normal d M K (covariance t0) L R_ (rotated_symmetric d Q _) (rotated_positive d Q rows _ (fun a _ => V0 a))
    (fun i => alpha p t0 * m i) (fun i => alpha p t * m i - apply_matrix d M (fun i => alpha p t0 * m i) i) x).
  rewrite D, Rabs_right by (apply Rle_ge, Rlt_le, prodn_pos; auto). fold f. f_equal.
  assert (A : forall z i, apply_matrix d M z i = sumn d (fun a => Q i a * (f a * turned d Q z a))).
  { intros z i. unfold apply_matrix, M, rotated, turned.
    rewrite (sumn_ext d _ (fun j => sumn d (fun a => Q i a * (f a * (Q j a * z j))))).
    - rewrite sumn_swap. apply sumn_ext. intros a _. now rewrite !sumn_scal.
    - intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring. }
  rewrite <- (full_gauss_ext d _ (covariance t) (carried_covariance d M (covariance t0))).
  - unfold full_gauss. do 5 f_equal. apply quadratic_ext. intros i _. unfold full_gaussian_flow.
    assert (E : apply_matrix d M x i - apply_matrix d M (fun i => alpha p t0 * m i) i
      = sumn d (fun a => Q i a * (sqrt (target_variance p s t a / target_variance p s t0 a) * turned d Q (fun j => x j - alpha p t0 * m j) a))).
    { transitivity (apply_matrix d M (fun j => x j - alpha p t0 * m j) i); [|exact (A _ i)].
      unfold apply_matrix. rewrite <- sumn_minus. apply sumn_ext. intros; ring. }
    rewrite <- E. ring.
  - intros i j Hi Hj. unfold carried_covariance.
    rewrite (product_ext d M M (product d (covariance t0) (fun i j => M j i)) (product d (covariance t0) M)); [|easy|].
    + unfold covariance, M.
      rewrite (product_ext d _ (rotated d Q f) _ (rotated d Q (fun a => target_variance p s t0 a * f a))); [|easy|].
      * rewrite (rotated_product d Q columns). apply sumn_ext. intros a _. replace (f a * (target_variance p s t0 a * f a))
          with (target_variance p s t0 a * (f a * f a)) by ring. rewrite FF. assert (W := V0 a). field. lra.
      * intros k _. apply (rotated_product d Q columns).
    + intros k _. apply product_ext; [easy|]. intros l _. apply (rotated_symmetric d Q f).
Qed.
End Flow.
